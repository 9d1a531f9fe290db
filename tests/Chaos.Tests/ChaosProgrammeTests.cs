using System.Collections.Concurrent;
using CustomerIoDestination.Chaos.Plan;
using CustomerIoDestination.Chaos.Run;

namespace CustomerIoDestination.Chaos.Tests;

/// <summary>The short form of the chaos programme; the long one is started by hand.</summary>
public sealed class ChaosProgrammeTests
{
    [Fact]
    public async Task Through_faults_and_kills_nothing_is_lost_doubled_or_overtaken()
    {
        var said = new ConcurrentQueue<string>();

        ChaosReport report = await ChaosProgramme.RunAsync(ChaosOptions.Short, said.Enqueue);

        using var table = new StringWriter();
        report.WriteTo(table);
        report.Violations.ShouldBeEmpty($"{string.Join('\n', said)}\n{table}");
        report.Counts.ShouldContain(("kill -9", ChaosOptions.Short.Kills));
    }
}
