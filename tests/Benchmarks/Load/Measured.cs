using System.Diagnostics;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>A rate, and what it cost this process.</summary>
/// <param name="PerSecond">Operations a second.</param>
/// <param name="CpuMicroseconds">Processor time of this process an operation, in microseconds.</param>
internal readonly record struct Measured(double PerSecond, double CpuMicroseconds)
{
    /// <summary>Measures for a while how a counter grows.</summary>
    public static async Task<Measured> OverAsync(TimeSpan duration, Func<long> counter)
    {
        using var process = Process.GetCurrentProcess();
        TimeSpan cpu = process.TotalProcessorTime;
        long before = counter();
        long start = Stopwatch.GetTimestamp();
        await Task.Delay(duration);
        long done = counter() - before;
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.Refresh();
        return new Measured(done / seconds, done == 0 ? 0 : (process.TotalProcessorTime - cpu).TotalMicroseconds / done);
    }
}
