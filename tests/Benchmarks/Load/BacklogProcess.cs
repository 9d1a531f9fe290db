using System.Diagnostics;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>
/// The process that measures a backlog. The rate is the median of several starts at the same depth, after one on another file that only warms
/// up: a small backlog would else be gone before the code is compiled as it stays.
/// </summary>
internal static class BacklogProcess
{
    /// <summary>The first argument of a process that fills a queue and is killed.</summary>
    public const string Fill = "fill";

    /// <summary>The first argument of a process that measures.</summary>
    public const string Measure = "backlog";

    private const int Starts = 9;
    private const int WarmUp = 40_000;
    private const int Connect = 1_000;
    private const int Delivered = 9_000;
    private const int DeadLetters = 10_000;
    private const int Page = 100;

    /// <summary>Fills a queue and ends as <c>kill -9</c> would end it.</summary>
    public static async Task<int> FillAsync(string file, int depth)
    {
        DestinationProcess process = await DestinationProcess.StartAsync(file, null);
        await process.FillAsync(0, depth);
        Process.GetCurrentProcess().Kill();
        return 1;
    }

    /// <summary>Measures, and prints the line.</summary>
    public static async Task<int> MeasureAsync(string file, int depth, Uri sink)
    {
        (double startUp, double status) = await ColdAsync(file);
        double rate = await RateAsync(file, depth, sink);
        double page = await DeadLetterPageAsync(file, sink);
        Console.WriteLine(new BacklogCost(startUp, rate, status, page, Environment.WorkingSet / 1024.0 / 1024.0).Line);
        return 0;
    }

    private static async Task<(double StartUp, double Status)> ColdAsync(string file)
    {
        long start = Stopwatch.GetTimestamp();
        await using DestinationProcess process = await DestinationProcess.StartAsync(file, null);
        double startUp = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        await process.Queue.GetStatusAsync(CancellationToken.None);
        return (startUp, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private static async Task<double> RateAsync(string file, int depth, Uri sink)
    {
        int next = depth;
        await FillUpAsync($"{file}-warm-up", WarmUp, next);
        await DeliverAsync($"{file}-warm-up", WarmUp, sink);
        List<double> rates = [];
        for (int run = 0; run < Starts; run++)
        {
            next = await FillUpAsync(file, depth, next);
            rates.Add(await DeliverAsync(file, Delivered, sink));
        }

        return rates.Order().ElementAt(Starts / 2);
    }

    private static async Task<int> FillUpAsync(string file, int depth, int next)
    {
        await using DestinationProcess process = await DestinationProcess.StartAsync(file, null);
        QueueStatus status = (await process.Queue.GetStatusAsync(CancellationToken.None))!;
        int missing = depth - (int)status.Ready;
        await process.FillAsync(next, missing);
        return next + missing;
    }

    private static async Task<double> DeliverAsync(string file, int count, Uri sink)
    {
        await using DestinationProcess process = await DestinationProcess.StartAsync(file, sink);
        await UntilAsync(() => process.Counters.Read().Delivered >= Connect);
        long before = process.Counters.Read().Delivered;
        long start = Stopwatch.GetTimestamp();
        await UntilAsync(() => process.Counters.Read().Delivered >= count);
        return (process.Counters.Read().Delivered - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> DeadLetterPageAsync(string file, Uri sink)
    {
        await using DestinationProcess process = await DestinationProcess.StartAsync(file, sink);
        EventEnvelope[] tooLong = [.. Enumerable.Range(0, DeadLetters).Select(LoadEvents.TooLong)];
        await process.Queue.EnqueueAsync(tooLong, CancellationToken.None);
        await UntilAsync(() => process.Counters.Read().DeadLettered.Values.Sum() >= DeadLetters);
        long start = Stopwatch.GetTimestamp();
        DeadLetterPage page = await process.DeadLetters.ListAsync(new DeadLetterQuery(null, Page, null), CancellationToken.None);
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return page.Items.Count == Page ? milliseconds : throw new InvalidOperationException($"The page has {page.Items.Count} dead letters.");
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1);
        }
    }
}
