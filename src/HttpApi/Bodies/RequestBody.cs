using System.Buffers;
using System.IO.Pipelines;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace CustomerIoDestination.HttpApi.Bodies;

/// <summary>
/// Reads requests' bodies: bounded as sent, in bytes and in time, checked against their signature as sent, gunzipped, and bounded again. All bodies
/// together are bounded by <see cref="BodyBudget"/>, each until its request is answered. Thread-safe.
/// </summary>
internal sealed class RequestBody(BodyBudget budget, TimeProvider time)
{
    /// <summary>The longest a body may take to arrive: a minute, 17 kB/s for the largest one.</summary>
    public static readonly TimeSpan LongestArrival = TimeSpan.FromMinutes(1);

    /// <summary>Reads a request's body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">The most bytes, before and after gunzip.</param>
    /// <param name="signature">What it is checked against; null for nothing.</param>
    /// <param name="ofStranger">Whether nothing proves who sends it, read or not.</param>
    public async ValueTask<BodyResult> ReadAsync(HttpRequest request, int maxBytes, BodySignature? signature, bool ofStranger = false)
    {
        if (!TryReadEncoding(request, out bool isGzip))
        {
            return BodyResult.Refused(ApiErrors.UnsupportedEncoding);
        }

        BodyBudget.Share share = budget.Begin(isProven: signature is null && !ofStranger);
        request.HttpContext.Response.RegisterForDispose(share);
        BodyResult raw = await ReadAsSentAsync(request, maxBytes, share);
        if (raw.Refusal is not null)
        {
            return raw;
        }

        if (signature?.Covers(raw.Bytes.Span) == false)
        {
            return BodyResult.Refused(ApiErrors.SignatureWrong);
        }

        if (!ofStranger)
        {
            share.Prove();
        }

        if (!isGzip && !LooksPacked(raw.Bytes.Span))
        {
            return raw;
        }

        BodyResult unpacked = Gunzip.Read(raw.Bytes, maxBytes);
        return share.TryGrow(unpacked.Bytes.Length) ? unpacked : BodyResult.Refused(ApiErrors.Busy);
    }

    private async ValueTask<BodyResult> ReadAsSentAsync(HttpRequest request, int maxBytes, BodyBudget.Share share)
    {
        if (request.ContentLength > maxBytes)
        {
            return BodyResult.Refused(ApiErrors.BodyTooLarge(maxBytes));
        }

        RaiseServerBound(request, maxBytes);
        PipeReader reader = request.BodyReader;
        if (reader.TryRead(out ReadResult first))
        {
            if (first.IsCompleted || first.Buffer.Length == request.ContentLength)
            {
                return TakeWhole(reader, first.Buffer, maxBytes, share);
            }

            reader.AdvanceTo(first.Buffer.Start, first.Buffer.Start);
        }

        CancellationToken aborted = request.HttpContext.RequestAborted;
        using CancellationTokenSource late = new(LongestArrival, time);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, late.Token);
        try
        {
            return await ReadPartsAsync(reader, maxBytes, share, ended.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !aborted.IsCancellationRequested)
        {
            return BodyResult.Refused(ApiErrors.BodyTooSlow);
        }
    }

    private static async ValueTask<BodyResult> ReadPartsAsync(PipeReader reader, int maxBytes, BodyBudget.Share share, CancellationToken cancellationToken)
    {
        using var buffer = new BoundedBuffer(maxBytes);
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellationToken);
            bool fits = share.TryGrow(result.Buffer.Length);
            if (fits)
            {
                buffer.Append(result.Buffer);
            }

            reader.AdvanceTo(result.Buffer.End);
            if (!fits)
            {
                return BodyResult.Refused(ApiErrors.Busy);
            }

            if (buffer.IsOverBound)
            {
                return BodyResult.Refused(ApiErrors.BodyTooLarge(maxBytes));
            }

            if (result.IsCompleted)
            {
                return new BodyResult(buffer.ToArray(), Refusal: null);
            }
        }
    }

    // A small body arrives with its headers: one copy, nothing rented.
    private static BodyResult TakeWhole(PipeReader reader, ReadOnlySequence<byte> buffer, int maxBytes, BodyBudget.Share share)
    {
        BodyResult body = buffer.Length > maxBytes ? BodyResult.Refused(ApiErrors.BodyTooLarge(maxBytes))
            : !share.TryGrow(buffer.Length) ? BodyResult.Refused(ApiErrors.Busy)
            : new BodyResult(buffer.ToArray(), Refusal: null);
        reader.AdvanceTo(buffer.End);
        return body;
    }

    // Reads Content-Encoding; false when it is one that is not taken.
    private static bool TryReadEncoding(HttpRequest request, out bool isGzip)
    {
        StringValues encoding = request.Headers.ContentEncoding;
        isGzip = false;
        if (encoding.Count == 0)
        {
            return true;
        }

        string name = encoding.ToString();
        isGzip = name.Equals("gzip", StringComparison.OrdinalIgnoreCase) || name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase);
        return isGzip || name.Length == 0 || name.Equals("identity", StringComparison.OrdinalIgnoreCase);
    }

    // Whether a body is gzip whatever its header says: no JSON begins like this.
    private static bool LooksPacked(ReadOnlySpan<byte> body) => body is [0x1F, 0x8B, ..];

    private static void RaiseServerBound(HttpRequest request, int maxBytes)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound && bound.MaxRequestBodySize < maxBytes)
        {
            bound.MaxRequestBodySize = maxBytes;
        }
    }
}

/// <summary>A request's body, or why there is none.</summary>
/// <param name="Bytes">The body, after gunzip. Nobody else holds this memory, so that the queue may keep it as long as it needs.</param>
/// <param name="Refusal">Why it was not read; null when it was.</param>
internal readonly record struct BodyResult(ReadOnlyMemory<byte> Bytes, ApiError? Refusal)
{
    public static BodyResult Refused(ApiError refusal) => new(default, refusal);
}

/// <summary>
/// The memory that the bodies of all requests together may take: a body counts from its first byte until its request is answered. Bodies whose sender is
/// not proven yet (a signature is checked only when the body is there) have a smaller share, so that strangers can't take what proven senders need.
/// Thread-safe; one a process.
/// </summary>
internal sealed class BodyBudget
{
    /// <summary>The most bytes of all bodies: 64 MiB.</summary>
    public const long MostBytes = 64 * 1024 * 1024;

    /// <summary>Of those, the most of bodies whose sender is not proven: 16 MiB.</summary>
    public const long MostUnprovenBytes = 16 * 1024 * 1024;

    private long _taken;
    private long _unproven;

    /// <summary>Bytes taken now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>A share for one request, empty at first. Disposing gives it back.</summary>
    /// <param name="isProven">Whether the sender is known to be one that may send.</param>
    public Share Begin(bool isProven) => new(this, isProven);

    private static bool TryAdd(ref long total, long bytes, long most)
    {
        if (Interlocked.Add(ref total, bytes) <= most)
        {
            return true;
        }

        Interlocked.Add(ref total, -bytes);
        return false;
    }

    /// <summary>What one request has of the budget. Not thread-safe, but for <see cref="Dispose"/>, which may come twice.</summary>
    internal sealed class Share(BodyBudget budget, bool isProven) : IDisposable
    {
        private bool _isProven = isProven;
        private long _bytes;

        /// <summary>Takes so many bytes more; false when they are not to be had, and nothing was taken.</summary>
        public bool TryGrow(long bytes)
        {
            if (!_isProven && !TryAdd(ref budget._unproven, bytes, MostUnprovenBytes))
            {
                return false;
            }

            if (!TryAdd(ref budget._taken, bytes, MostBytes))
            {
                Interlocked.Add(ref budget._unproven, _isProven ? 0 : -bytes);
                return false;
            }

            Interlocked.Add(ref _bytes, bytes);
            return true;
        }

        /// <summary>The sender is proven now: what it has is no stranger's any more.</summary>
        public void Prove()
        {
            if (!_isProven)
            {
                _isProven = true;
                Interlocked.Add(ref budget._unproven, -_bytes);
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            long bytes = Interlocked.Exchange(ref _bytes, 0);
            Interlocked.Add(ref budget._taken, -bytes);
            Interlocked.Add(ref budget._unproven, _isProven ? 0 : -bytes);
        }
    }
}
