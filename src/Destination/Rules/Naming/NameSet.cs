using System.Collections.Frozen;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Naming;

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
