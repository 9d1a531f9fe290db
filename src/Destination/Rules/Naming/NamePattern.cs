using System.Text;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Naming;

/// <summary>A name, or a pattern of names in which <c>*</c> stands for any text. Upper and lower case differ; white space and characters without width around a name do not count, and a run of white space inside is one space.</summary>
internal sealed class NamePattern
{
    private readonly byte[][] _pieces;

    private NamePattern(string text)
    {
        Text = text;
        _pieces = [.. text.Split('*').Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>The pattern, trimmed.</summary>
    public string Text { get; }

    /// <summary>Whether it is a plain name.</summary>
    public bool IsExact => _pieces.Length == 1;

    /// <summary>Whether it matches every name.</summary>
    public bool IsAny => _pieces.Length > 1 && _pieces.All(piece => piece.Length == 0);

    /// <summary>Reads a pattern.</summary>
    public static NamePattern Of(string text) => new(Utf8Scan.Compared(Utf8Text.Of(text)).ToString());

    /// <summary>A name in the form in which names are compared.</summary>
    public static Utf8Text Trim(Utf8Text name) => Utf8Scan.Compared(name);

    /// <summary>Whether a trimmed name matches. Takes time in proportion to the name's length.</summary>
    public bool Matches(ReadOnlySpan<byte> name)
    {
        if (IsExact)
        {
            return name.SequenceEqual(_pieces[0]);
        }

        byte[] last = _pieces[^1];
        if (!name.StartsWith(_pieces[0]) || name.Length < _pieces[0].Length + last.Length || !name.EndsWith(last))
        {
            return false;
        }

        name = name[_pieces[0].Length..^last.Length];
        foreach (byte[] piece in _pieces.AsSpan(1..^1))
        {
            int found = name.IndexOf(piece);
            if (found < 0)
            {
                return false;
            }

            name = name[(found + piece.Length)..];
        }

        return true;
    }

    /// <summary>Whether some name matches both.</summary>
    public bool Overlaps(NamePattern other)
    {
        if (IsExact || other.IsExact)
        {
            return IsExact ? other.Matches(_pieces[0]) : Matches(other._pieces[0]);
        }

        // reachable[j]: the text read so far of this pattern can be met by the first j characters of the other.
        string theirs = other.Text;
        bool[] reachable = new bool[theirs.Length + 1];
        reachable[0] = true;
        Spread(reachable, theirs);
        foreach (char ours in Text)
        {
            bool[] next = new bool[theirs.Length + 1];
            for (int j = 0; j <= theirs.Length; j++)
            {
                if (!reachable[j])
                {
                    continue;
                }

                if (ours == '*')
                {
                    Array.Fill(next, true, j, next.Length - j);
                    break;
                }

                next[j] |= j < theirs.Length && theirs[j] == '*';
                if (j < theirs.Length && theirs[j] == ours)
                {
                    next[j + 1] = true;
                }
            }

            Spread(next, theirs);
            reachable = next;
        }

        return reachable[^1];
    }

    /// <summary>Whether every name the other matches is matched by this one, as far as that can be told from the patterns alone.</summary>
    public bool Covers(NamePattern other) => IsAny || Text == other.Text || (other.IsExact && Matches(other._pieces[0]));

    private static void Spread(bool[] reachable, string text)
    {
        for (int j = 0; j < text.Length; j++)
        {
            reachable[j + 1] |= reachable[j] && text[j] == '*';
        }
    }
}
