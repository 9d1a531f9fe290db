using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace CustomerIoDestination.Tests.Support;

/// <summary>Customer.io as a script: plays its replies in turn, keeps what it was sent, and throws on a call nobody expected.</summary>
internal sealed class StubTrackApi : HttpMessageHandler
{
    private readonly ConcurrentQueue<Func<SentCall, CancellationToken, Task<HttpResponseMessage>>> _script = new();
    private readonly ConcurrentQueue<SentCall> _calls = new();
    private Func<SentCall, CancellationToken, Task<HttpResponseMessage>>? _always;

    public IReadOnlyList<SentCall> Calls => [.. _calls];

    public StubTrackApi Reply(int status, string body = "{}\n", string? retryAfter = null) =>
        Then((_, _) => Task.FromResult(Response(status, new StringContent(body), retryAfter)));

    public StubTrackApi Reply(int status, HttpContent body) => Then((_, _) => Task.FromResult(Response(status, body, null)));

    public StubTrackApi Fail(Exception exception) => Then((_, _) => Task.FromException<HttpResponseMessage>(exception));

    public StubTrackApi Hang() => Then(async (_, token) =>
    {
        await Task.Delay(Timeout.Infinite, token);
        throw new InvalidOperationException("a hung call ends by its token only");
    });

    public StubTrackApi Then(Func<SentCall, CancellationToken, Task<HttpResponseMessage>> reply)
    {
        _script.Enqueue(reply);
        return this;
    }

    /// <summary>What it answers when the script is at its end.</summary>
    public StubTrackApi Always(Func<SentCall, HttpResponseMessage> reply)
    {
        _always = (call, _) => Task.FromResult(reply(call));
        return this;
    }

    public StubTrackApi Always(Func<SentCall, CancellationToken, Task<HttpResponseMessage>> reply)
    {
        _always = reply;
        return this;
    }

    public static HttpResponseMessage Response(int status, string body = "{}\n") => Response(status, new StringContent(body), null);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        SentCall call = new(
            request.Method.Method,
            request.RequestUri!.AbsoluteUri,
            request.RequestUri.PathAndQuery,
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken),
            request.Headers.Authorization?.ToString(),
            request.Content?.Headers.ContentType?.ToString(),
            request.Headers.UserAgent.ToString());
        _calls.Enqueue(call);
        Func<SentCall, CancellationToken, Task<HttpResponseMessage>> reply = _script.TryDequeue(out var next)
            ? next
            : _always ?? throw new InvalidOperationException($"unscripted call: {call.Method} {call.Path}");
        HttpResponseMessage response = await reply(call, cancellationToken);
        response.RequestMessage = request;
        return response;
    }

    private static HttpResponseMessage Response(int status, HttpContent body, string? retryAfter)
    {
        HttpResponseMessage response = new((HttpStatusCode)status) { Content = body };
        if (retryAfter is not null)
        {
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        }

        return response;
    }
}

/// <summary>A call as it arrived.</summary>
internal sealed record SentCall(string Method, string Url, string Path, string Body, string? Authorization, string? ContentType, string UserAgent)
{
    public bool IsPing => Path == "/api/v1/accounts/region";
}

/// <summary>A body that breaks off after a part.</summary>
internal sealed class BrokenContent(string part) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new IOException("broken off");

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new BrokenStream(Encoding.UTF8.GetBytes(part)));

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private sealed class BrokenStream(byte[] part) : MemoryStream(part)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await base.ReadAsync(buffer, cancellationToken);
            return read > 0 ? read : throw new IOException("broken off");
        }
    }
}

/// <summary>A body that never ends.</summary>
internal sealed class EndlessContent : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new EndlessStream());

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)' ');
            return new ValueTask<int>(buffer.Length);
        }
    }
}

/// <summary>A body of which nothing comes until the reader gives up.</summary>
internal sealed class StuckContent : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new StuckStream());

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private sealed class StuckStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
