namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>How much the load programme does.</summary>
/// <param name="Duration">How long a rate is measured.</param>
/// <param name="WarmUp">How long it runs before, so that the code is compiled as it stays.</param>
/// <param name="Backlog">Events of the large backlog.</param>
/// <param name="Depths">Backlogs for the cost-growth curve.</param>
/// <param name="RateStarts">How many fresh processes are started at each rate.</param>
internal sealed record LoadSize(TimeSpan Duration, TimeSpan WarmUp, int Backlog, IReadOnlyList<int> Depths, int RateStarts)
{
    /// <summary>The numbers of docs/measured.md.</summary>
    public static LoadSize Full { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3), 1_000_000, [10_000, 100_000, 1_000_000], 3);

    /// <summary>Within two minutes.</summary>
    public static LoadSize Quick { get; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), 200_000, [10_000, 100_000], 1);

    /// <summary>Whether these are the numbers of docs/measured.md.</summary>
    public bool IsFull => this == Full;
}
