using System.Buffers;
using System.IO.Pipelines;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.HttpApi.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CustomerIoDestination.HttpApi.Bodies;

/// <summary>Reads a request's body: bounded as sent, checked against its signature as sent, gunzipped, and bounded again.</summary>
internal static class RequestBody
{
    public static async ValueTask<BodyResult> ReadAsync(HttpRequest request, int maxBytes, BodySignature? signature)
    {
        if (!Gunzip.TryReadEncoding(request, out bool isGzip))
        {
            return BodyResult.Refused(ApiErrors.UnsupportedEncoding);
        }

        BodyResult raw = await ReadAsSentAsync(request, maxBytes);
        if (raw.Refusal is not null)
        {
            return raw;
        }

        if (signature?.Covers(raw.Bytes.Span) == false)
        {
            return BodyResult.Refused(ApiErrors.SignatureWrong);
        }

        return isGzip || Gunzip.LooksPacked(raw.Bytes.Span) ? Gunzip.Read(raw.Bytes, maxBytes) : raw;
    }

    private static async ValueTask<BodyResult> ReadAsSentAsync(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
        {
            return BodyResult.Refused(ApiErrors.BodyTooLarge(maxBytes));
        }

        RaiseServerBound(request, maxBytes);
        PipeReader reader = request.BodyReader;
        ReadResult result = await reader.ReadAsync(request.HttpContext.RequestAborted);
        if (result.IsCompleted || result.Buffer.Length == request.ContentLength)
        {
            return TakeWhole(reader, result.Buffer, maxBytes);
        }

        using var buffer = new BoundedBuffer(maxBytes);
        while (true)
        {
            buffer.Append(result.Buffer);
            reader.AdvanceTo(result.Buffer.End);
            if (buffer.IsOverBound)
            {
                return BodyResult.Refused(ApiErrors.BodyTooLarge(maxBytes));
            }

            if (result.IsCompleted)
            {
                return new BodyResult(buffer.ToArray(), Refusal: null);
            }

            result = await reader.ReadAsync(request.HttpContext.RequestAborted);
        }
    }

    // A small body arrives with its headers: one copy, nothing rented.
    private static BodyResult TakeWhole(PipeReader reader, ReadOnlySequence<byte> buffer, int maxBytes)
    {
        BodyResult body = buffer.Length <= maxBytes
            ? new BodyResult(buffer.ToArray(), Refusal: null)
            : BodyResult.Refused(ApiErrors.BodyTooLarge(maxBytes));
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
