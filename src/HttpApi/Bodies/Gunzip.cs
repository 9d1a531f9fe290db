using System.IO.Compression;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.HttpApi.Bodies;

/// <summary>Unpacks gzip, and stops where a body may not be larger: a few kilobytes can unpack to gigabytes.</summary>
internal static class Gunzip
{
    // Header, an empty deflate block, trailer.
    private const int SmallestMember = 10 + 2 + 8;

    // The CRC and the length at a member's end.
    private const int MostZerosInTrailer = 8;

    private static readonly byte[] EndText = [0, .. "end of the body"u8, 0];
    private static readonly byte[] EndMember = Pack(EndText);

    /// <summary>Unpacks a body of one gzip member or several, zeros after the last of them not counted.</summary>
    public static BodyResult Read(ReadOnlyMemory<byte> packed, int maxBytes)
    {
        BodyResult whole = ReadMembers(packed.Span, maxBytes);
        int zeros = packed.Length - packed.Span.TrimEnd((byte)0).Length;

        // A member may end with zeros of its own, so that where the padding begins is found by trying.
        for (int kept = 0; kept < Math.Min(zeros, MostZerosInTrailer) && whole.Refusal == ApiErrors.BrokenGzip; kept++)
        {
            whole = ReadMembers(packed.Span[..(packed.Length - zeros + kept)], maxBytes);
        }

        return whole;
    }

    // .NET checks the CRC of what is whole, but takes a stream that breaks off for one that ends: events would be lost without a word. So a member of our own
    // is put behind the last one; where its text is missing at the end, what came before it was not whole.
    private static BodyResult ReadMembers(ReadOnlySpan<byte> packed, int maxBytes)
    {
        if (packed.Length < SmallestMember)
        {
            return BodyResult.Refused(ApiErrors.BrokenGzip);
        }

        using var source = new MemoryStream([.. packed, .. EndMember], writable: false);
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        using var buffer = new BoundedBuffer(maxBytes + EndText.Length);
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
        return unpacked.AsSpan().EndsWith(EndText) ? new BodyResult(unpacked.AsMemory(..^EndText.Length), Refusal: null) : BodyResult.Refused(ApiErrors.BrokenGzip);
    }

    private static byte[] Pack(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(text);
        }

        return packed.ToArray();
    }
}
