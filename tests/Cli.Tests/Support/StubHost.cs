using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.Cli.Tests.Support;

/// <summary>A host's HTTP API as a script: answers in turn, fails a call nobody expected, and keeps what it was asked.</summary>
internal sealed class StubHost : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> _answers = [];

    public List<Call> Calls { get; } = [];

    /// <summary>Whether events nobody wrote an answer for are accepted, all of them.</summary>
    public bool AcceptsEvents { get; set; }

    /// <summary>The events of all calls that were accepted, in order.</summary>
    public List<JsonNode> Accepted { get; } = [];

    /// <summary>Called for each call before it is answered.</summary>
    public Action? BeforeAnswer { get; set; }

    public void Fail(Exception e) => _answers.Enqueue(() => throw e);

    public void Answer(HttpStatusCode status, string body, TimeSpan? retryAfter = null, Action? before = null) => _answers.Enqueue(() =>
    {
        before?.Invoke();
        var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        response.Headers.RetryAfter = retryAfter is { } after ? new(after) : null;
        return response;
    });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        Calls.Add(new Call(request.Method.Method, request.RequestUri!.PathAndQuery, body, request.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value))));
        BeforeAnswer?.Invoke();
        if (_answers.Count == 0 && AcceptsEvents)
        {
            JsonNode[] events = [.. body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
            Accepted.AddRange(events);
            Answer(HttpStatusCode.Accepted, $$"""{"accepted": {{events.Length}}, "skipped": 0, "rejected": []}""");
        }

        return _answers.TryDequeue(out Func<HttpResponseMessage>? answer) ? answer() : throw new InvalidOperationException($"Nobody expected {request.Method} {request.RequestUri}.");
    }

    public sealed record Call(string Method, string Path, string Body, IReadOnlyDictionary<string, string> Headers);
}
