using System.Text;

namespace CustomerIoDestination.Fuzz;

/// <summary>Makes bad input out of good input: bytes changed, pieces cut out, doubled, moved between inputs, and tokens put in that readers stumble over.</summary>
internal static class Mutator
{
    private const int MostMutations = 6;
    private const int MostBytes = 20_000;

    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "null", "true", "{}", "[]", "\"\"", "-0", "1e400", "0.0", "12345678901234567890", "-9223372036854775808", "NaN", "\\ud800", "\\udc00\\ud800", "\\u0000", "\\u200b", "\"\\ud83d\"",
            "{\"", "\":", "\",\"", "}", "]", ",", ":", "\\", "\"", "\n", "\r\n", "\uFEFF", "\u202E", "data=", "1, 2", "99999999999999999999", ";", "Sun, 06 Nov 1994 08:49:37 GMT",
            "\"type\":\"batch\",", "\"batch\":[", "\"integrations\":{\"All\":false},", "\"context\":{\"traits\":{\"email\":\"a@b.co\"}},", "\"email\":\" A <a@b.co> \",",
            "\"properties\":\"{\\\"a\\\":1}\",", "\"timestamp\":{\"$date\":1},", "undefined", "[object Object]", "2026-11-20 08:30:00 -0700", "/Date(1)/",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0x1F, 0x8B], [0], [0xF0, 0x9F, 0x98],
    ];

    /// <summary>A mutation of one of the seeds.</summary>
    public static byte[] Mutate(IReadOnlyList<byte[]> seeds, Random random)
    {
        List<byte> bytes = [.. seeds[random.Next(seeds.Count)]];
        int mutations = random.Next(MostMutations + 1);
        for (int i = 0; i < mutations; i++)
        {
            MutateOnce(bytes, seeds, random);
        }

        return bytes.Count > MostBytes ? [.. bytes[..MostBytes]] : [.. bytes];
    }

    private static void MutateOnce(List<byte> bytes, IReadOnlyList<byte[]> seeds, Random random)
    {
        int at = random.Next(bytes.Count + 1);
        int length = Math.Min(bytes.Count - at, random.Next(1, 40));
        switch (random.Next(8))
        {
            case 0 when length > 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1 when length > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4:
                byte[] other = seeds[random.Next(seeds.Count)];
                int from = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, random.Next(200))));
                break;
            case 5:
                byte[] token = Tokens[random.Next(Tokens.Length)];
                bytes.RemoveRange(at, Math.Min(length, token.Length));
                bytes.InsertRange(at, token);
                break;
            case 6:
                byte repeated = (byte)"[{\" 0-\\a"[random.Next(8)];
                bytes.InsertRange(at, Enumerable.Repeat(repeated, random.Next(60)));
                break;
            default:
                bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                break;
        }
    }
}
