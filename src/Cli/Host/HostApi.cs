using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.Cli.Host;

/// <summary>The HTTP API of a running host.</summary>
internal sealed class HostApi(HttpMessageHandler handler, Uri url, string? key, string keyHeader) : IDisposable
{
    private readonly HttpClient _client = new(handler, disposeHandler: false) { BaseAddress = url, Timeout = TimeSpan.FromMinutes(5) };

    /// <summary>The host's address.</summary>
    public Uri Url => url;

    /// <summary>Reads.</summary>
    public Task<HostAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    /// <summary>Changes something.</summary>
    public Task<HostAnswer> PostAsync(string path, JsonObject body, CancellationToken cancellationToken) => ChangeAsync(HttpMethod.Post, path, body, cancellationToken);

    /// <summary>Takes something back.</summary>
    public Task<HostAnswer> DeleteAsync(string path, JsonObject body, CancellationToken cancellationToken) => ChangeAsync(HttpMethod.Delete, path, body, cancellationToken);

    /// <summary>Sends events for the import lane.</summary>
    public Task<HostAnswer> ImportAsync(ReadOnlyMemory<byte> events, CancellationToken cancellationToken)
    {
        var content = new ReadOnlyMemoryContent(events);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var request = new HttpRequestMessage(HttpMethod.Post, "api/events") { Content = content };
        request.Headers.Add("X-Lane", "import");
        return SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private Task<HostAnswer> ChangeAsync(HttpMethod method, string path, JsonObject body, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, path) { Content = new StringContent(body.ToJsonString(CliJson.Compact), Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Requested-With", "destination");
        return SendAsync(request, cancellationToken);
    }

    private async Task<HostAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            if (key is not null)
            {
                request.Headers.Add(keyHeader, key);
            }

            try
            {
                using HttpResponseMessage response = await _client.SendAsync(request, cancellationToken);
                string text = await response.Content.ReadAsStringAsync(cancellationToken);
                return Answer(response, text);
            }
            catch (HttpRequestException)
            {
                return new HostAnswer.Unreachable(url, null);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new HostAnswer.Unreachable(url, null);
            }
        }
    }

    private HostAnswer Answer(HttpResponseMessage response, string text)
    {
        JsonObject? body = Parse(text);
        if (body is not null && (response.IsSuccessStatusCode || (response.StatusCode == HttpStatusCode.BadRequest && body.ContainsKey("rejected"))))
        {
            return new HostAnswer.Good(body);
        }

        return response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests
            ? new HostAnswer.Unreachable(url, response.Headers.RetryAfter?.Delta) { Message = body?["message"]?.ToString() }
            : new HostAnswer.Refused((int)response.StatusCode, body?["code"]?.ToString(), body?["message"]?.ToString());
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
