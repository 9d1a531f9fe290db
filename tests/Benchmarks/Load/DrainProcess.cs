using System.Diagnostics;
using System.Globalization;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>A drained queue, as the process that drained it tells it on a line.</summary>
/// <param name="Cold">Deliveries a second in the first seconds after the first one.</param>
/// <param name="Warm">Deliveries a second later on.</param>
/// <param name="CpuMicroseconds">Processor time of the process an event then, in microseconds.</param>
/// <param name="Whole">Deliveries a second from the start of the process until the last event; 0 when it was not drained to the end.</param>
internal sealed record Drained(double Cold, double Warm, double CpuMicroseconds, double Whole);

/// <summary>Delivers a queue's events in a process of its own, so that nothing is compiled before it starts.</summary>
internal static class DrainProcess
{
    /// <summary>The first argument of such a process.</summary>
    public const string Measure = "drain";

    /// <summary>Starts one and waits for what it measured.</summary>
    /// <param name="file">The queue's file, filled.</param>
    /// <param name="sink">Where to deliver.</param>
    /// <param name="mode">One request an event, or batches.</param>
    /// <param name="requestsPerSecond">The rate; null for none.</param>
    /// <param name="size">How long to measure.</param>
    /// <param name="events">How many events the queue holds, to measure all of them; null to measure the first seconds and later ones.</param>
    public static async Task<Drained> RunAsync(string file, Uri sink, DeliveryMode mode, int? requestsPerSecond, LoadSize size, int? events = null)
    {
        double[] numbers = ChildProcess.Numbers(await ChildProcess.RunAsync(null, Measure, file, sink, mode, requestsPerSecond, size.IsFull, events));
        return new Drained(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /// <summary>The child's part.</summary>
    public static async Task<int> MeasureAsync(IReadOnlyList<string> arguments)
    {
        (string file, Uri sink, DeliveryMode mode) = (arguments[0], new Uri(arguments[1]), Enum.Parse<DeliveryMode>(arguments[2]));
        double? requestsPerSecond = arguments[3].Length == 0 ? null : double.Parse(arguments[3], CultureInfo.InvariantCulture);
        LoadSize size = bool.Parse(arguments[4]) ? LoadSize.Full : LoadSize.Quick;
        long start = Stopwatch.GetTimestamp();
        await using DestinationProcess process = await DestinationProcess.StartAsync(file, sink, mode, requestsPerSecond);
        Drained drained = arguments[5].Length == 0
            ? await OverTimeAsync(process, size)
            : await ToTheEndAsync(process, int.Parse(arguments[5], CultureInfo.InvariantCulture), start);
        Console.Write(string.Join(' ', new[] { drained.Cold, drained.Warm, drained.CpuMicroseconds, drained.Whole }.Select(number => number.ToString("R", CultureInfo.InvariantCulture))));
        return 0;
    }

    private static async Task<Drained> OverTimeAsync(DestinationProcess process, LoadSize size)
    {
        await UntilAsync(process, 1);
        Measured cold = await Measured.OverAsync(size.Cold, () => process.Counters.Read().Delivered);
        await Task.Delay(size.WarmUp);
        Measured warm = await Measured.OverAsync(size.Duration, () => process.Counters.Read().Delivered);
        return new Drained(cold.PerSecond, warm.PerSecond, warm.CpuMicroseconds, 0);
    }

    private static async Task<Drained> ToTheEndAsync(DestinationProcess process, int events, long start)
    {
        await UntilAsync(process, events);
        using var self = Process.GetCurrentProcess();
        return new Drained(0, 0, self.TotalProcessorTime.TotalMicroseconds / events, events / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static async Task UntilAsync(DestinationProcess process, int delivered)
    {
        while (process.Counters.Read().Delivered < delivered)
        {
            await Task.Delay(1);
        }
    }
}
