using System.Diagnostics;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.People;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>
/// What the memory of people costs: delivery while nothing is asked, while one person is forgotten, and while the guards ask about and learn of everybody; and
/// what forgetting costs beside a deep queue, for whoever waits for it and for everybody else.
/// </summary>
internal static class PeopleLoad
{
    private const int Forgotten = 42;
    private const int Beside = 1_000;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(5);

    private static readonly MappingSettings Guards = new() { WithoutEmail = WithoutEmailChoice.Skip, ClaimAnonymous = true };

    public static async Task RunAsync(Report report, LoadSize size, string folder)
    {
        using SinkProcess sink = await SinkProcess.StartAsync();
        foreach ((string name, DeliveryMode mode) in new[] { ("v1", DeliveryMode.Single), ("in batches", DeliveryMode.Batch) })
        {
            Measured off = await DrainAsync(sink.Address, size, Path.Combine(folder, $"off-{mode}.db"), mode, new MappingSettings(), forgets: false);
            Measured one = await DrainAsync(sink.Address, size, Path.Combine(folder, $"one-{mode}.db"), mode, new MappingSettings(), forgets: true);
            Measured all = await DrainAsync(sink.Address, size, Path.Combine(folder, $"all-{mode}.db"), mode, Guards, forgets: false);
            report.Add($"delivery {name} without limit, nobody forgotten and no guard", off.PerSecond, "events/s");
            report.Add($"delivery {name}: one person forgotten, of that", one.PerSecond / off.PerSecond, "ratio");
            report.Add($"delivery {name}: both guards on, of that", all.PerSecond / off.PerSecond, "ratio");
            report.Add($"delivery {name}: processor time, no guard", off.CpuMicroseconds, "µs/event");
            report.Add($"delivery {name}: processor time, one person forgotten", one.CpuMicroseconds, "µs/event");
            report.Add($"delivery {name}: processor time, both guards", all.CpuMicroseconds, "µs/event");
        }

        await ForgetAsync(report, size, sink.Address, Path.Combine(folder, "deep.db"));
    }

    private static async Task<Measured> DrainAsync(Uri sink, LoadSize size, string file, DeliveryMode mode, MappingSettings mapping, bool forgets)
    {
        await using (DestinationProcess filler = await DestinationProcess.StartAsync(file, null))
        {
            // Everybody is identified first, so that the guards know them.
            await filler.Queue.EnqueueAsync([.. Enumerable.Range(0, LoadEvents.People).Select(LoadEvents.Identify)], CancellationToken.None);
            await filler.FillAsync(0, size.Backlog, LoadEvents.OnDevice);
        }

        await using DestinationProcess process = await DestinationProcess.StartAsync(file, sink, mode, mapping: mapping);
        if (forgets)
        {
            await process.Forgetting.ForgetAsync(PersonName.Read("somebody-else", null, PlaceholderIdentifiers.Default, out _)!, LifecycleChange.Suppress);
        }

        await UntilAsync(() => process.Counters.Read().Delivered > 2 * LoadEvents.People);
        await Task.Delay(size.WarmUp);
        return await Measured.OverAsync(size.Duration, () => process.Counters.Read().Delivered);
    }

    private static async Task ForgetAsync(Report report, LoadSize size, Uri sink, string file)
    {
        await using (DestinationProcess filler = await DestinationProcess.StartAsync(file, null))
        {
            await filler.FillAsync(0, size.Backlog);
        }

        await using DestinationProcess process = await DestinationProcess.StartAsync(file, sink, requestsPerSecond: Beside);
        int number = size.Backlog;
        await UntilAsync(() => process.Counters.Read().Delivered > Beside);
        (double[] Enqueues, double Stall) alone = await BesideAsync(process, () => number++, Task.Delay(2 * size.Duration));
        long started = Stopwatch.GetTimestamp();
        Task<ForgettingReceipt> forgetting = Task.Run(() => process.Forgetting.ForgetAsync(
            PersonName.Read(LoadEvents.PersonOf(Forgotten), null, PlaceholderIdentifiers.Default, out _)!, LifecycleChange.Suppress));
        (double[] Enqueues, double Stall) meanwhile = await BesideAsync(process, () => number++, forgetting);
        double took = Stopwatch.GetElapsedTime(started).TotalSeconds;
        ForgettingReceipt receipt = await forgetting;
        if (receipt is not { More: false, Failure: null } || receipt.Queued < size.Backlog / LoadEvents.People / 2)
        {
            throw new InvalidOperationException($"Forgetting came to {receipt.Queued} events, more left: {receipt.More}.");
        }

        string what = $"forgetting a person beside {size.Backlog:N0} waiting events, delivery at {Beside:N0}/s";
        report.Add($"{what}: takes", took, "s");
        report.Add($"{what}: their events taken off", receipt.Queued, "events");
        report.Add($"{what}: an enqueue before it, p99", alone.Enqueues[(int)(alone.Enqueues.Length * 0.99)], "ms");
        report.Add($"{what}: an enqueue meanwhile, p99", meanwhile.Enqueues[(int)(meanwhile.Enqueues.Length * 0.99)], "ms");
        report.Add($"{what}: an enqueue meanwhile, longest", meanwhile.Enqueues[^1], "ms");
        report.Add($"{what}: longest time without a delivery before it", alone.Stall, "ms");
        report.Add($"{what}: longest time without a delivery meanwhile", meanwhile.Stall, "ms");
    }

    /// <summary>How long enqueues of one event took, in order of their length, and the longest time in which nothing was delivered, while something goes on.</summary>
    private static async Task<(double[] Enqueues, double Stall)> BesideAsync(DestinationProcess process, Func<int> next, Task other)
    {
        double stall = 0;
        Task watching = Task.Run(async () =>
        {
            long delivered = process.Counters.Read().Delivered;
            long since = Stopwatch.GetTimestamp();
            while (!other.IsCompleted)
            {
                await Task.Delay(1);
                stall = Math.Max(stall, Stopwatch.GetElapsedTime(since).TotalMilliseconds);
                if (process.Counters.Read().Delivered is var now && now > delivered)
                {
                    (delivered, since) = (now, Stopwatch.GetTimestamp());
                }
            }
        });
        List<double> took = [];
        while (!other.IsCompleted)
        {
            EventEnvelope envelope = LoadEvents.Envelope(next(), Lane.Live);
            long start = Stopwatch.GetTimestamp();
            await process.Queue.EnqueueAsync([envelope], CancellationToken.None);
            took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await Task.Delay(Between);
        }

        await watching;
        return ([.. took.Order()], stall);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1);
        }
    }
}
