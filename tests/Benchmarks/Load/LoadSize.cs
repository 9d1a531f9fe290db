namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>How much the load programme does.</summary>
/// <param name="Duration">How long a rate is measured.</param>
/// <param name="WarmUp">How long it runs before, so that the code is compiled as it stays.</param>
/// <param name="Cold">How long the first rate after a start is measured.</param>
/// <param name="Rounds">How often each thing is measured, in turn with its limit.</param>
/// <param name="Backlog">Events of the large backlog.</param>
/// <param name="Depths">Backlogs for the cost-growth curve.</param>
/// <param name="Ids">Numbers of known message ids for theirs.</param>
internal sealed record LoadSize(TimeSpan Duration, TimeSpan WarmUp, TimeSpan Cold, int Rounds, int Backlog, IReadOnlyList<int> Depths, IReadOnlyList<int> Ids)
{
    /// <summary>The numbers of docs/measured.md.</summary>
    public static LoadSize Full { get; } = new(
        TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), Rounds: 5, Backlog: 1_000_000, [10_000, 100_000, 1_000_000],
        [1_000_000, 10_000_000, 50_000_000]);

    /// <summary>Each thing once, to see that everything runs: within five minutes.</summary>
    public static LoadSize Quick { get; } = new(
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), Rounds: 1, Backlog: 200_000, [10_000, 100_000], [200_000]);

    /// <summary>Whether these are the numbers of docs/measured.md.</summary>
    public bool IsFull => this == Full;
}
