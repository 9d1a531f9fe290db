namespace CustomerIoDestination.Testing;

/// <summary>Event ids for tests.</summary>
public static class Ulid
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>The ULID of a time and a number.</summary>
    public static string Of(DateTimeOffset time, long number) => string.Create(26, (time, number), static (text, source) =>
    {
        UInt128 value = ((UInt128)source.time.ToUnixTimeMilliseconds() << 80) | (UInt128)source.number;
        for (int position = text.Length - 1; position >= 0; position--)
        {
            text[position] = Alphabet[(int)(value & 31)];
            value >>= 5;
        }
    });
}
