using System.Text;
using CustomerIoDestination.TestRig.Processes;

namespace CustomerIoDestination.LocalHost.Tests.Support;

/// <summary>The local host, in this process, on free ports, over a queue of its own.</summary>
internal sealed class Host : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;

    private Host(LocalHostApp app, TemporaryFolder folder)
    {
        App = app;
        _folder = folder;
        Http = new HttpClient { BaseAddress = app.BaseAddress };
    }

    public LocalHostApp App { get; }

    public HttpClient Http { get; }

    public static async Task<Host> StartAsync(params string[] settings)
    {
        var folder = new TemporaryFolder();
        return new Host(await LocalHostApp.StartAsync([.. Arguments(folder.Queue), .. settings], CancellationToken.None), folder);
    }

    /// <summary>Settings for a host that meets nobody else on this machine.</summary>
    public static string[] Arguments(string queue) =>
        ["--Urls=http://127.0.0.1:0", "--Sandbox:Port=0", $"--Queue:Path={queue}", "--Delivery:RequestsPerSecond=1000", "--Logging:LogLevel:Default=Warning"];

    public Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8) };
        request.Headers.Add("X-Requested-With", "destination");
        return Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.DisposeAsync();
        _folder.Dispose();
    }
}
