using CustomerIoDestination.Browser.Tests.Support;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.Suites;
using Microsoft.Playwright;

namespace CustomerIoDestination.Browser.Tests;

/// <summary>The page as somebody sees it.</summary>
[Collection(BrowserCollection.Name)]
[NeedsChromium]
public sealed class PageTests(Chromium chromium)
{
    private const string Track = """{"type": "track", "event": "Order Completed", "userId": "u-42", "anonymousId": "d-42", "messageId": "m-42"}""";

    [SuiteFact]
    public async Task An_event_that_is_delivered_is_shown_as_delivered_and_the_page_says_that_it_went_to_the_sandbox()
    {
        await using Host host = await Host.StartAsync();
        IPage page = await chromium.NewPageAsync();
        await page.GotoAsync(host.App.BaseAddress.ToString());
        (await host.PostAsync("/api/events", Track)).EnsureSuccessStatusCode();

        await Assertions.Expect(page.Locator("#delivery-rows tr")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#delivery-rows .badge")).ToHaveTextAsync("Delivered");
        await Assertions.Expect(page.Locator("#delivered")).ToHaveTextAsync("1");
        await Assertions.Expect(page.Locator("#sandbox-text")).ToContainTextAsync("not to Customer.io, and are forgotten at exit");
        await Assertions.Expect(page.Locator("#state-text")).ToContainTextAsync("Events have been flowing to the sandbox");
        await page.CloseAsync();
    }
}
