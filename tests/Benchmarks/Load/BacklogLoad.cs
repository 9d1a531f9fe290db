using System.Globalization;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>(7) What a backlog costs: start-up, rate, answers and memory at growing depths, each measured in a process of its own (<see cref="BacklogProcess"/>).</summary>
internal static class BacklogLoad
{
    public static async Task RunAsync(Report report, LoadSize size, string folder)
    {
        using SinkProcess sink = await SinkProcess.StartAsync();
        double first = 0;
        foreach (int depth in size.Depths)
        {
            string file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"depth-{depth}.db"));
            await ChildProcess.RunAsync(null, BacklogProcess.Fill, file, depth);
            string line = await ChildProcess.RunAsync(null, BacklogProcess.Measure, file, depth, sink.Address);
            BacklogCost cost = BacklogCost.Parse(line);
            first = first == 0 ? cost.EventsPerSecond : first;
            report.Add($"backlog of {depth:N0}: start-up after a kill, everything cold", cost.StartUp, "ms");
            report.Add($"backlog of {depth:N0}: delivery v1 without limit, of the smallest backlog's", cost.EventsPerSecond / first, "ratio");
            report.Add($"backlog of {depth:N0}: depth and oldest age", cost.Status, "ms");
            report.Add($"backlog of {depth:N0}: a page of 100 of 10,000 dead letters", cost.DeadLetterPage, "ms");
            report.Add($"backlog of {depth:N0}: memory of the process", cost.Memory, "MiB");
        }
    }
}
