using System.Buffers;
using System.IO.Pipelines;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

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
        if (!Gunzip.TryReadEncoding(request, out bool isGzip))
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

        if (!isGzip && !Gunzip.LooksPacked(raw.Bytes.Span))
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

    private static void RaiseServerBound(HttpRequest request, int maxBytes)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound && bound.MaxRequestBodySize < maxBytes)
        {
            bound.MaxRequestBodySize = maxBytes;
        }
    }
}
