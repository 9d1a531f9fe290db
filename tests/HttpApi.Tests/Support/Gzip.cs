using System.IO.Compression;
using System.Text;

namespace CustomerIoDestination.HttpApi.Tests.Support;

/// <summary>Packs bodies.</summary>
internal static class Gzip
{
    public static byte[] Pack(string text) => Pack(Encoding.UTF8.GetBytes(text));

    public static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
