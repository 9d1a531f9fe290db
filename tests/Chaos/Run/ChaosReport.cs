using System.Globalization;

namespace CustomerIoDestination.Chaos.Run;

/// <summary>What happened in a run, counted, and what should not have.</summary>
/// <param name="Counts">The counts, in the order in which they are read.</param>
/// <param name="Violations">What broke a promise; none when all held.</param>
internal sealed record ChaosReport(IReadOnlyList<(string Name, long Count)> Counts, IReadOnlyList<string> Violations)
{
    private const int MostShown = 50;

    /// <summary>Writes it as a table.</summary>
    public void WriteTo(TextWriter output)
    {
        int width = Counts.Max(count => count.Name.Length);
        foreach ((string name, long count) in Counts)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name.PadRight(width)}  {count,12:N0}"));
        }

        foreach (string violation in Violations.Take(MostShown))
        {
            output.WriteLine($"VIOLATION: {violation}");
        }

        output.WriteLine(Violations.Count == 0 ? "Nothing was lost, doubled or overtaken." : $"{Violations.Count} violations.");
    }
}
