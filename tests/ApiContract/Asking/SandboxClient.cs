using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.ApiContract.Asking;

/// <summary>Asks the sandbox of Customer.io what arrived, and makes it fail.</summary>
internal sealed class SandboxClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address };

    /// <summary>A person; null when Customer.io knows none of that id.</summary>
    public async Task<JsonNode?> FindPersonAsync(string id)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri($"/sandbox/people/{id}", UriKind.Relative));
        return response.StatusCode == HttpStatusCode.NotFound ? null : JsonNode.Parse(await response.Content.ReadAsStringAsync());
    }

    /// <summary>The names of a person's events, in the order they arrived.</summary>
    public async Task<IReadOnlyList<string>> EventsOfAsync(string id) =>
        await FindPersonAsync(id) is { } person ? [.. person["events"]!.AsArray().Select(received => received!["name"]!.GetValue<string>())] : [];

    /// <summary>Until this is disposed, calls whose path holds the text are refused for good.</summary>
    public async Task<IAsyncDisposable> RefuseAsync(string pathPart)
    {
        string fault = new JsonObject { ["share"] = 1, ["status"] = 400, ["match"] = pathPart }.ToJsonString();
        using HttpResponseMessage response = await _http.PostAsync(new Uri("/sandbox/faults", UriKind.Relative), new StringContent(fault, Encoding.UTF8));
        response.EnsureSuccessStatusCode();
        return new Refusal(_http);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private sealed class Refusal(HttpClient http) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            using HttpResponseMessage response = await http.DeleteAsync(new Uri("/sandbox/faults", UriKind.Relative));
            response.EnsureSuccessStatusCode();
        }
    }
}
