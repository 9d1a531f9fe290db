using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrackApiSandbox.Faults;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.TestRig.Processes;

/// <summary>The sandbox of Customer.io as a process of its own: it outlives every kill of the host.</summary>
internal sealed class SandboxProcess : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private SandboxProcess(ChildProcess process, Uri address)
    {
        _process = process;
        Address = address;
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts it; its dice fall by the seed.</summary>
    public static async Task<SandboxProcess> StartAsync(string folder, int faultSeed)
    {
        ChildProcess process = ChildProcess.Start(
            "TrackApiSandbox.dll", folder, ["--Sandbox:Port=0", $"--Sandbox:FaultSeed={faultSeed}", "--Logging:LogLevel:Default=Warning"]);
        const string Beginning = "The Track API sandbox listens on ";
        string line = await process.LineAsync(Beginning);
        return new SandboxProcess(process, new Uri(line[Beginning.Length..line.IndexOf(". ", StringComparison.Ordinal)]));
    }

    /// <summary>Adds a fault.</summary>
    public async Task AddFaultAsync(Fault fault)
    {
        using HttpResponseMessage response = await _http.PostAsJsonAsync("sandbox/faults", fault, Json);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Removes all faults.</summary>
    public async Task ClearFaultsAsync()
    {
        using HttpResponseMessage response = await _http.DeleteAsync("sandbox/faults");
        response.EnsureSuccessStatusCode();
    }

    /// <summary>All it knows.</summary>
    public async Task<SandboxState> StateAsync() => (await _http.GetFromJsonAsync<SandboxState>("sandbox/state", Json))!;

    /// <summary>Totals.</summary>
    public async Task<SandboxStats> StatsAsync() => (await _http.GetFromJsonAsync<SandboxStats>("sandbox/stats", Json))!;

    /// <summary>Calls as received after the one with this number.</summary>
    public async Task<JsonArray> RequestsAsync(long after) =>
        (await _http.GetFromJsonAsync<JsonNode>($"sandbox/requests?after={after}&limit=2000", Json))!["items"]!.AsArray();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }
}
