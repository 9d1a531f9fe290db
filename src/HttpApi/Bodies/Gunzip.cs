using System.IO.Compression;
using System.Runtime.InteropServices;
using CustomerIoDestination.HttpApi.Answers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace CustomerIoDestination.HttpApi.Bodies;

/// <summary>Undoes <c>Content-Encoding: gzip</c>, and stops where a body may not be larger: a few kilobytes can unpack to gigabytes.</summary>
internal static class Gunzip
{
    /// <summary>Reads <c>Content-Encoding</c>; false when it is one that is not taken.</summary>
    public static bool TryReadEncoding(HttpRequest request, out bool isGzip)
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

    public static BodyResult Read(ReadOnlyMemory<byte> packed, int maxBytes)
    {
        using var source = MemoryMarshal.TryGetArray(packed, out ArraySegment<byte> array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(packed.ToArray(), writable: false);
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        using var buffer = new BoundedBuffer(maxBytes);
        try
        {
            buffer.AppendAll(gzip);
        }
        catch (InvalidDataException)
        {
            return BodyResult.Refused(ApiErrors.BrokenGzip);
        }

        return buffer.IsOverBound ? BodyResult.Refused(ApiErrors.BodyTooLarge(maxBytes)) : new BodyResult(buffer.ToArray(), Refusal: null);
    }
}
