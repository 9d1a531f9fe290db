using System.Text;

namespace CustomerIoDestination.Text;

/// <summary>
/// Text as well-formed UTF-8 bytes, the form in which Customer.io's limits count and in which it is sent: nothing is decoded that
/// need not be. Lives as long as the memory it looks into.
/// </summary>
/// <param name="Bytes">The bytes.</param>
public readonly record struct Utf8Text(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The text of a string.</summary>
    public static Utf8Text Of(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => Bytes.Span;

    /// <summary>How many bytes of UTF-8 it has.</summary>
    public int Length => Bytes.Length;

    /// <summary>Whether it has no byte at all.</summary>
    public bool IsEmpty => Bytes.IsEmpty;

    /// <summary>Whether it is empty or only white space.</summary>
    public bool IsBlank => Utf8Scan.IsBlank(Bytes.Span);

    /// <summary>Equal when the bytes are.</summary>
    public bool Equals(Utf8Text other) => Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }

    /// <summary>The text as a string.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes.Span);
}
