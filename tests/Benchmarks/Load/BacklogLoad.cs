using System.Diagnostics;
using CustomerIoDestination.Queueing;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>(7) What a backlog costs: start-up, rate, memory and the status at growing depths.</summary>
internal static class BacklogLoad
{
    public static async Task RunAsync(Report report, LoadSize size, string folder)
    {
        using SinkProcess sink = await SinkProcess.StartAsync();
        double first = 0;
        foreach (int depth in size.Depths)
        {
            string file = Path.Combine(folder, $"depth-{depth}.db");
            await using (DestinationProcess filler = await DestinationProcess.StartAsync(file, null))
            {
                await filler.FillAsync(0, depth);
            }

            long start = Stopwatch.GetTimestamp();
            await using DestinationProcess process = await DestinationProcess.StartAsync(file, sink.Address);
            double startUp = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            await Task.Delay(TimeSpan.FromMilliseconds(300));
            TimeSpan window = TimeSpan.FromSeconds(depth < 50_000 ? 0.5 : 2);
            Measured rate = await Measured.OverAsync(window, () => process.Counters.Read().Delivered);
            start = Stopwatch.GetTimestamp();
            QueueStatus status = await process.Queue.GetStatusAsync(CancellationToken.None);
            double statusTime = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            first = first == 0 ? rate.PerSecond : first;
            report.Add($"backlog of {depth:N0}: start-up", startUp, "ms");
            report.Add($"backlog of {depth:N0}: delivery v1 without limit, of the smallest backlog's", rate.PerSecond / first, "ratio");
            report.Add($"backlog of {depth:N0}: status with {status.Ready:N0} waiting", statusTime, "ms");
            report.Add($"backlog of {depth:N0}: memory of the process", Environment.WorkingSet / 1024.0 / 1024.0, "MiB");
        }
    }
}
