using System.Diagnostics;
using System.Globalization;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>(7) What a backlog costs: start-up, rate, memory and the status at growing depths, each in a process of its own.</summary>
internal static class BacklogLoad
{
    private const int WarmUp = 2_000;
    private const int Delivered = 9_000;

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

            double[] measured = await InChildAsync(file, sink.Address);
            first = first == 0 ? measured[1] : first;
            report.Add($"backlog of {depth:N0}: start-up, everything cold", measured[0], "ms");
            report.Add($"backlog of {depth:N0}: delivery v1 without limit, of the smallest backlog's", measured[1] / first, "ratio");
            report.Add($"backlog of {depth:N0}: status", measured[2], "ms");
            report.Add($"backlog of {depth:N0}: memory of the process", measured[3], "MiB");
        }
    }

    /// <summary>The child's part: opens the queue, delivers, and prints what it measured.</summary>
    public static async Task<int> MeasureAsync(string file, Uri sink)
    {
        long start = Stopwatch.GetTimestamp();
        await using DestinationProcess process = await DestinationProcess.StartAsync(file, sink);
        double startUp = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await DeliveredAsync(process, WarmUp);
        start = Stopwatch.GetTimestamp();
        await DeliveredAsync(process, Delivered);
        double rate = (Delivered - WarmUp) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        await process.Queue.GetStatusAsync(CancellationToken.None);
        double status = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        double memory = Environment.WorkingSet / 1024.0 / 1024.0;
        Console.WriteLine(string.Join(' ', new[] { startUp, rate, status, memory }.Select(number => number.ToString("R", CultureInfo.InvariantCulture))));
        return 0;
    }

    private static async Task DeliveredAsync(DestinationProcess process, long count)
    {
        while (process.Counters.Read().Delivered < count)
        {
            await Task.Delay(1);
        }
    }

    private static async Task<double[]> InChildAsync(string file, Uri sink)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (string argument in new[] { typeof(BacklogLoad).Assembly.Location, "backlog", file, sink.ToString() })
        {
            start.ArgumentList.Add(argument);
        }

        using Process child = Process.Start(start)!;
        string line = (await child.StandardOutput.ReadLineAsync())!;
        await child.WaitForExitAsync();
        return [.. line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }
}
