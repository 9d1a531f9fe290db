namespace TrackApiSandbox.Snapshots;

/// <summary>Totals since the start or the last reset.</summary>
/// <param name="Requests">Track API calls received, whatever came of them.</param>
/// <param name="ByRoute">The same by method and route template; only those that occurred.</param>
/// <param name="ByStatus">Calls by the status answered; only those that occurred.</param>
/// <param name="Unanswered">Calls without an answer: in hand, or cut off by a fault.</param>
/// <param name="HighestPerSecond">The most calls received in any span of one second (its start excluded), by the monotonic clock.</param>
/// <param name="People">People known now.</param>
/// <param name="Events">Events taken in, those of deleted people among them, repeated ones not.</param>
/// <param name="Dropped">Changes that were answered with 200 and not made, by reason: what Customer.io shows in its activity log only.</param>
public sealed record SandboxStats(
    long Requests,
    IReadOnlyDictionary<string, long> ByRoute,
    IReadOnlyDictionary<string, long> ByStatus,
    long Unanswered,
    long HighestPerSecond,
    long People,
    long Events,
    IReadOnlyDictionary<string, long> Dropped);
