using System.Text.Json;

namespace TrackApiSandbox.State;

/// <summary>Counts of changes that were answered with 200 and not made.</summary>
internal sealed class Drops
{
    private readonly long[] _counts = new long[Enum.GetValues<DropReason>().Length];

    public void Add(DropReason reason) => _counts[(int)reason]++;

    /// <summary>By reason in snake_case; only those that occurred.</summary>
    public IReadOnlyDictionary<string, long> Snapshot() => Enum.GetValues<DropReason>()
        .Where(reason => _counts[(int)reason] > 0)
        .ToDictionary(reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()), reason => _counts[(int)reason], StringComparer.Ordinal);

    public void Clear() => Array.Clear(_counts);
}
