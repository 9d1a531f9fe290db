using System.Net;
using System.Text;

namespace CustomerIoDestination.Cli.Tests.Support;

/// <summary>A host's HTTP API as a script: answers in turn, fails a call nobody expected, and keeps what it was asked.</summary>
internal sealed class StubHost : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> _answers = [];

    public List<Call> Calls { get; } = [];

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
        Calls.Add(new Call(request.Method.Method, request.RequestUri!.PathAndQuery, body, request.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value))));
        return _answers.TryDequeue(out Func<HttpResponseMessage>? answer) ? answer() : throw new InvalidOperationException($"Nobody expected {request.Method} {request.RequestUri}.");
    }

    public sealed record Call(string Method, string Path, string Body, IReadOnlyDictionary<string, string> Headers);
}
