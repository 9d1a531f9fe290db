using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Naming;

/// <summary>Compares names by their bytes, with the cheap hash that the JSON reader uses.</summary>
internal sealed class Utf8NameComparer : IEqualityComparer<Utf8Text>
{
    public static Utf8NameComparer Instance { get; } = new();

    public bool Equals(Utf8Text x, Utf8Text y) => x.Span.SequenceEqual(y.Span);

    public int GetHashCode(Utf8Text obj) => MemberNames.Hash(obj.Span);
}
