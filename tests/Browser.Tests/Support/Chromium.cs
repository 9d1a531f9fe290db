using System.Text.RegularExpressions;
using CustomerIoDestination.Suites;
using Microsoft.Playwright;

namespace CustomerIoDestination.Browser.Tests.Support;

/// <summary>One headless Chromium for all tests; each test takes a page of its own, which knows nothing of the others.</summary>
public sealed class Chromium : IAsyncLifetime
{
    // A busy machine takes its time; what is awaited mostly comes at once.
    private const int PatienceMilliseconds = 60_000;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where Chromium is on this machine; null when it is not.</summary>
    public static string? Path => (
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        from name in Names
        let path = System.IO.Path.Combine(folder, name)
        where File.Exists(path)
        select path).FirstOrDefault();

    /// <summary>A page with nothing stored, on a screen of this size in CSS pixels.</summary>
    public async Task<IPage> NewPageAsync(int width = 1280, int height = 900)
    {
        // The machine's own address is never asked by way of a proxy.
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Path, Args = ["--no-proxy-server"] });
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            Locale = "en-GB",
            TimezoneId = "UTC",
        });
        context.SetDefaultTimeout(PatienceMilliseconds);
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        return await context.NewPageAsync();
    }

    /// <summary>A text as it reads, for what is different at each look.</summary>
    public static Regex Like(string pattern) => new(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));

    /// <summary>Keeps a picture of a page, where the environment's <c>SCREENSHOTS</c> names a folder for them.</summary>
    public static async Task KeepAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = System.IO.Path.Combine(folder, name + ".png") });
        }
    }

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}

/// <summary>All tests of a browser take turns: it is one, and the machine has few processors.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Chromium>
{
    /// <summary>What a class names to be of it.</summary>
    public const string Name = "browser";
}

/// <summary>A class whose tests need Chromium on the path; without it they are skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsChromiumAttribute : RunsWhereAttribute
{
    /// <inheritdoc/>
    public override string? WhyNot => Chromium.Path is null ? "chromium is not on the path." : null;
}
