using System.Text;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Settings;

/// <summary>
/// Words that stand for "no identifier": <c>undefined</c>, <c>null</c>, <c>guest</c> and the like, in any case. As identifiers they would merge strangers into
/// one person, which can't be undone.
/// </summary>
public sealed class PlaceholderIdentifiers
{
    private readonly string[] _words;
    private readonly byte[][] _encoded;
    private readonly ulong _lengths;
    private readonly bool _zeros;

    private PlaceholderIdentifiers(string[] words, bool zeros)
    {
        _words = words;
        _encoded = [.. words.Select(Encoding.UTF8.GetBytes)];
        _lengths = _encoded.Aggregate(0UL, (lengths, word) => lengths | (1UL << Math.Min(word.Length, 63)));
        _zeros = zeros;
    }

    /// <summary>The usual ones, and besides them every text of zeros and dashes alone (the all-zero device).</summary>
    public static PlaceholderIdentifiers Default { get; } = new(
        ["undefined", "null", "none", "nil", "nan", "(null)", "[object object]", "anonymous", "guest", "unknown", "n/a", "true", "false", "0", "-1"], zeros: true);

    /// <summary>The words of a list with commas between, instead of the usual ones; empty for none.</summary>
    public static PlaceholderIdentifiers Of(string list) =>
        new(list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), zeros: false);

    /// <summary>The words, with commas between.</summary>
    public override string ToString() => string.Join(", ", _words);

    /// <summary>Whether an identifier stands for none; white space around it and case do not count.</summary>
    internal bool Matches(Utf8Text identifier)
    {
        ReadOnlySpan<byte> text = Utf8Scan.Trim(identifier).Span;
        if ((_lengths & (1UL << Math.Min(text.Length, 63))) != 0)
        {
            foreach (byte[] word in _encoded)
            {
                if (Ascii.EqualsIgnoreCase(text, word) || text.SequenceEqual(word))
                {
                    return true;
                }
            }
        }

        return _zeros && !text.IsEmpty && text.IndexOfAnyExcept((byte)'0', (byte)'-') < 0;
    }
}
