using System.Collections.Concurrent;
using CustomerIoDestination.Chaos.Plan;
using CustomerIoDestination.Chaos.Run;

namespace CustomerIoDestination.Chaos.Tests;

/// <summary>The short form of the chaos programme; the long one is started by hand.</summary>
public sealed class ChaosProgrammeTests
{
    [Fact]
    public Task Through_faults_and_kills_nothing_is_lost_doubled_or_overtaken() => RunAsync(ChaosOptions.Short);

    [Fact]
    public Task The_same_holds_over_Service_Bus() =>
        RunAsync(ChaosOptions.Short with { Queue = ChaosQueue.ServiceBus, Events = 1_500, Kills = 2, RequestsPerSecond = 300 });

    private static async Task RunAsync(ChaosOptions options)
    {
        var said = new ConcurrentQueue<string>();

        ChaosReport report = await ChaosProgramme.RunAsync(options, said.Enqueue);

        using var table = new StringWriter();
        report.WriteTo(table);
        report.Violations.ShouldBeEmpty($"{string.Join('\n', said)}\n{table}");
        report.Counts.ShouldContain(("kill -9", options.Kills));
        report.Counts.ShouldContain(count => count.Name.StartsWith("released", StringComparison.Ordinal) && count.Count > 0);
    }
}
