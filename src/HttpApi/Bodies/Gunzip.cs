using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using CustomerIoDestination.HttpApi.Answers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace CustomerIoDestination.HttpApi.Bodies;

/// <summary>Undoes <c>Content-Encoding: gzip</c>, and stops where a body may not be larger: a few kilobytes can unpack to gigabytes.</summary>
internal static class Gunzip
{
    // Header, an empty deflate block, trailer.
    private const int SmallestMember = 10 + 2 + 8;

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

        if (buffer.IsOverBound)
        {
            return BodyResult.Refused(ApiErrors.BodyTooLarge(maxBytes));
        }

        byte[] unpacked = buffer.ToArray();
        return IsWhole(packed.Span, unpacked.Length) ? new BodyResult(unpacked, Refusal: null) : BodyResult.Refused(ApiErrors.BrokenGzip);
    }

    // .NET checks the CRC of what is whole, but takes a stream that breaks off for one that ends: events would be lost without a word. A gzip member
    // ends with its unpacked length (RFC 1952, 2.3.1).
    private static bool IsWhole(ReadOnlySpan<byte> packed, int unpackedLength) =>
        packed.Length >= SmallestMember && BinaryPrimitives.ReadUInt32LittleEndian(packed[^sizeof(uint)..]) == (uint)unpackedLength;
}
