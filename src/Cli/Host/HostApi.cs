using System.Diagnostics;
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
            catch (Exception e) when (e is HttpRequestException or IOException)
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

        return response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
            ? new HostAnswer.Unreachable(url, response.Headers.RetryAfter?.Delta, (int)response.StatusCode) { Message = body?["message"]?.ToString() }
            : new HostAnswer.Refused((int)response.StatusCode, body?["code"]?.ToString(), body?["message"]?.ToString());
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            // A name that comes twice and half of a surrogate pair would throw only when they are looked at.
            JsonObject? body = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;
            _ = body?.ToJsonString(CliJson.Compact);
            return body;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>What a host answered.</summary>
internal abstract record HostAnswer
{
    private HostAnswer()
    {
    }

    /// <summary>It did what was asked.</summary>
    public sealed record Good(JsonObject Body) : HostAnswer;

    /// <summary>It did not.</summary>
    public sealed record Refused(int Status, string? Code, string? Message) : HostAnswer;

    /// <summary>It is not there, or can't now.</summary>
    /// <param name="Url">Where it was looked for.</param>
    /// <param name="RetryAfter">How long it wants to be left alone; null when it did not say.</param>
    /// <param name="Status">What it, or something before it, answered; null for no answer.</param>
    public sealed record Unreachable(Uri Url, TimeSpan? RetryAfter, int? Status = null) : HostAnswer
    {
        /// <summary>Why, where it said so.</summary>
        public string? Message { get; init; }
    }

    /// <summary>What went wrong, for people; empty when nothing did.</summary>
    public string Problem => this switch
    {
        Good => "",
        Refused { Status: 401 or 403 } refused => $"{refused.Status} {refused.Code}: {refused.Message} Give the key with --key.",
        Refused refused => $"{refused.Status} {refused.Code}: {refused.Message}",
        Unreachable { Message: { } message } => message,
        Unreachable unreachable => $"Nothing that can answer now is at {unreachable.Url}; give the host's address with --url.",
        _ => throw new UnreachableException(),
    };
}
