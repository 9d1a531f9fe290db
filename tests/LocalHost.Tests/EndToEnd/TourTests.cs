using System.Diagnostics;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.Suites;
using CustomerIoDestination.TestRig.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>The tour of the documentation is taken as a reader takes it, command by command, and every answer is held against the one printed there.</summary>
[NeedsPrograms("bash", "curl", "jq")]
public sealed class TourTests : IAsyncLifetime, IDisposable
{
    private static readonly string[] Keys = ["--Ingest:Keys:0=local-ingest-key", "--Admin:Keys:0=local-admin-key-0", "--Sandbox:Enabled=true"];

    private readonly TemporaryFolder _folder = new();
    private WebApplication _restarts = null!;
    private LocalHostApp? _host;
    private string[] _addresses = [];

    public async Task InitializeAsync()
    {
        await StartAsync([]);
        _addresses = [$"--Urls={_host!.BaseAddress}", $"--Sandbox:Port={_host.Sandbox!.BaseAddress.Port}"];
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        _restarts = builder.Build();
        _restarts.Urls.Add("http://127.0.0.1:0");
        _restarts.MapPost("/", RestartAsync);
        await _restarts.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _restarts.DisposeAsync();
        await _host!.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [SuiteFact]
    public async Task Every_answer_is_the_one_that_is_printed()
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(SourceTree.Root, ".github/workflows/tour.sh")]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TOUR_HOST"] = _host!.BaseAddress.Authority;
        start.Environment["TOUR_SANDBOX"] = _host.Sandbox!.BaseAddress.Authority;
        start.Environment["TOUR_RESTART"] = $"env | grep -E '^[A-Z][A-Za-z]+__' | curl --silent --show-error --fail --max-time 60 --data-binary @- {_restarts.Urls.First()}";
        using Process tour = Process.Start(start)!;
        Task<string> output = tour.StandardOutput.ReadToEndAsync();
        string errors = await tour.StandardError.ReadToEndAsync();
        await tour.WaitForExitAsync();

        tour.ExitCode.ShouldBe(0, $"{await output}\n{errors}");
    }

    // The body has the settings that the tour asks for, as an environment writes them.
    private async Task RestartAsync(HttpRequest request)
    {
        using var body = new StreamReader(request.Body);
        string[] settings = (await body.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await _host!.DisposeAsync();
        await StartAsync(settings.Select(setting => $"--{setting.Replace("__", ":", StringComparison.Ordinal)}"));
    }

    private async Task StartAsync(IEnumerable<string> settings) =>
        _host = await LocalHostApp.StartAsync([.. Host.Arguments(_folder.Queue), .. Keys, .. _addresses, .. settings], CancellationToken.None);
}
