using System.Collections.Concurrent;
using System.Collections.Frozen;
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

/// <summary>Names and patterns: plain names are looked up, only patterns are tried one by one.</summary>
internal sealed class NameSet
{
    private readonly FrozenSet<Utf8Text> _names;
    private readonly NamePattern[] _patterns;

    /// <summary>A set of names and patterns.</summary>
    public NameSet(IReadOnlyList<NamePattern> patterns)
    {
        All = patterns;
        _names = patterns.Where(pattern => pattern.IsExact).Select(pattern => Utf8Text.Of(pattern.Text)).ToFrozenSet(Utf8NameComparer.Instance);
        _patterns = [.. patterns.Where(pattern => !pattern.IsExact)];
    }

    /// <summary>Every one, in the order given.</summary>
    public IReadOnlyList<NamePattern> All { get; }

    /// <summary>Whether a name, white space around it aside, is in the set.</summary>
    public bool Matches(Utf8Text name)
    {
        Utf8Text trimmed = NamePattern.Trim(name);
        if (_names.Contains(trimmed))
        {
            return true;
        }

        foreach (NamePattern pattern in _patterns)
        {
            if (pattern.Matches(trimmed.Span))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether some name is in both. Plain names are looked up: each of 1,000 transformations is compared with each other one.</summary>
    public bool Overlaps(NameSet other) =>
        _names.Overlaps(other._names)
        || _patterns.Any(ours => other.All.Any(ours.Overlaps))
        || other._patterns.Any(theirs => All.Any(theirs.Overlaps));

    /// <summary>Whether every name of the other is in this one, as far as the patterns tell.</summary>
    public bool Covers(NameSet other) =>
        other._names.All(Matches) && other._patterns.All(theirs => _patterns.Any(ours => ours.Covers(theirs)));
}

/// <summary>
/// Keeps what was worked out for an event's name. Bounded: senders choose the names, and past the bound the answer is worked out each time.
/// </summary>
internal sealed class NameCache<T>(Func<Utf8Text, T> workOut)
{
    private const int MaxNames = 1_024;

    private readonly ConcurrentDictionary<Utf8Text, T> _known = new(Utf8NameComparer.Instance);
    private int _count;

    /// <summary>The answer for a name.</summary>
    public T this[Utf8Text name]
    {
        get
        {
            if (_known.TryGetValue(name, out T? known))
            {
                return known;
            }

            T answer = workOut(name);
            if (Volatile.Read(ref _count) < MaxNames && _known.TryAdd(new Utf8Text(name.Bytes.ToArray()), answer))
            {
                Interlocked.Increment(ref _count);
            }

            return answer;
        }
    }
}

/// <summary>Compares names by their bytes, with the cheap hash that the JSON reader uses.</summary>
internal sealed class Utf8NameComparer : IEqualityComparer<Utf8Text>
{
    public static Utf8NameComparer Instance { get; } = new();

    public bool Equals(Utf8Text x, Utf8Text y) => x.Span.SequenceEqual(y.Span);

    public int GetHashCode(Utf8Text obj) => MemberNames.Hash(obj.Span);
}
