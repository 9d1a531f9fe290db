namespace TrackApiSandbox.State;

/// <summary>Counts of a workspace: people now, events taken in, changes dropped by reason.</summary>
internal sealed record WorkspaceTotals(long People, long Events, IReadOnlyDictionary<string, long> Dropped);
