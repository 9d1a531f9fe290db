using System.Diagnostics;
using System.Globalization;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.SqliteQueue;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>
/// What the message ids of the last days cost: events go through the queue alone, in batches of a hundred, and are settled at once as delivered. Told at growing
/// numbers of known ids: the rate and the processor time of the last million, what the file takes, whether repeats of any age are dropped, and a start in a
/// process of its own.
/// </summary>
internal static class IdsLoad
{
    /// <summary>The first argument of a process that starts over known ids.</summary>
    public const string Start = "ids";

    private const int Batch = 100;
    private const int Senders = 16;
    private const int Consumers = 10;
    private const int Run = 500;
    private const int Ahead = 20_000;
    private const int Measured = 1_000_000;
    private const int Repeats = 10_000;
    private const long MaxHeapBytes = 256 * 1024 * 1024;
    private static readonly byte[] Body = LoadEvents.Json(0);

    public static async Task RunAsync(Report report, LoadSize size, string folder)
    {
        string file = Path.Combine(folder, "ids.db");
        int known = 0;
        foreach (int level in size.Ids)
        {
            int before = Math.Max(known, level - Measured);
            await ThroughAsync(file, known, before);
            (double rate, double cpu) = await ThroughAsync(file, before, level);
            known = level;
            string what = string.Create(CultureInfo.InvariantCulture, $"{level:N0} ids known");
            report.Add($"{what}: through the queue and settled, the last {level - before:N0}", rate, "events/s");
            report.Add($"{what}: processor time", cpu, "µs/event");
            report.Add($"{what}: memory of the process", Environment.WorkingSet / 1024.0 / 1024.0, "MiB");
            report.Add($"{what}: file, log included", new FileInfo(file).Length / (double)level, "bytes/id");
            report.Add($"{what}: repeats of any age that were dropped, of {Repeats:N0}", await DroppedAsync(file, known), "events");
            double[] start = ChildProcess.Numbers(await ChildProcess.RunAsync(MaxHeapBytes, Start, file, known));
            report.Add($"{what}: start with a heap of at most 256 MiB, to the first event taken", start[0], "ms");
            report.Add($"{what}: memory after that start", start[1], "MiB");
        }
    }

    /// <summary>The child's part: starts, takes one event that no range holds, and settles it.</summary>
    public static async Task<int> StartAsync(string file, int known)
    {
        long started = Stopwatch.GetTimestamp();
        await using QueueFile queue = Open(file);
        await EnqueueAsync(new SqliteEventQueue(queue), [Envelope(int.MaxValue - known)]);
        double milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Console.Write(string.Create(CultureInfo.InvariantCulture, $"{milliseconds:R} {Environment.WorkingSet / 1024.0 / 1024.0:R}"));
        await SettleAsync(new SqliteEventReceiver(queue), CancellationToken.None);
        return 0;
    }

    /// <summary>Sends the events of a range through the queue.</summary>
    /// <returns>Events a second, and microseconds of processor time an event.</returns>
    private static async Task<(double PerSecond, double CpuMicroseconds)> ThroughAsync(string file, int first, int end)
    {
        await using QueueFile opened = Open(file);
        var queue = new SqliteEventQueue(opened);
        var receiver = new SqliteEventReceiver(opened);
        using var stop = new CancellationTokenSource();
        using var self = Process.GetCurrentProcess();
        TimeSpan cpu = self.TotalProcessorTime;
        long started = Stopwatch.GetTimestamp();
        int next = first;
        int settled = 0;
        Task[] consumers = [.. Enumerable.Range(0, Consumers).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                Interlocked.Add(ref settled, await SettleAsync(receiver, stop.Token));
            }
        }))];
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(async () =>
        {
            int from;
            while ((from = Interlocked.Add(ref next, Batch) - Batch) < end)
            {
                await EnqueueAsync(queue, [.. Enumerable.Range(from, Math.Min(Batch, end - from)).Select(Envelope)]);
                while (from - first - Volatile.Read(ref settled) > Ahead)
                {
                    await Task.Delay(1);
                }
            }
        })));
        while (Volatile.Read(ref settled) < end - first)
        {
            await Task.Delay(1);
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        self.Refresh();
        double microseconds = (self.TotalProcessorTime - cpu).TotalMicroseconds;
        await stop.CancelAsync();
        await Task.WhenAll(consumers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        int count = end - first;
        return count == 0 ? (0, 0) : (count / seconds, microseconds / count);
    }

    private static async Task<int> SettleAsync(SqliteEventReceiver receiver, CancellationToken cancellationToken)
    {
        await using IPartitionLease lease = await receiver.ReceiveAsync(Lane.Import, Run, cancellationToken);
        await Task.WhenAll(lease.Events.Select(received => lease.SettleAsync(received, new DeliveryAttempt
        {
            At = TimeProvider.System.GetUtcNow(),
            EventId = received.Envelope.EventId,
            Kind = received.Envelope.Kind,
            Lane = received.Envelope.Lane,
            ReceivedAt = received.Envelope.ReceivedAt,
            Attempts = 1,
            HttpStatus = 200,
            Duration = TimeSpan.FromMilliseconds(1),
            Settlement = Settlement.Complete.Delivered,
        })));
        return lease.Events.Count;
    }

    /// <summary>How many events were dropped that came again, as old as any.</summary>
    private static async Task<double> DroppedAsync(string file, int known)
    {
        await using QueueFile opened = Open(file);
        int[] again = [.. Enumerable.Range(0, Repeats).Select(number => (int)((long)number * known / Repeats))];
        foreach (int[] some in again.Chunk(Batch))
        {
            await EnqueueAsync(new SqliteEventQueue(opened), [.. some.Select(Envelope)]);
        }

        QueueStatus status = await new SqliteEventQueue(opened).GetStatusAsync(CancellationToken.None) ?? throw new InvalidOperationException("The queue has no status.");
        return Repeats - status.Ready;
    }

    private static async Task EnqueueAsync(SqliteEventQueue queue, IReadOnlyList<EventEnvelope> events)
    {
        if (await queue.EnqueueAsync(events, CancellationToken.None) is not EnqueueResult.Enqueued)
        {
            throw new InvalidOperationException("The queue did not take the events.");
        }
    }

    private static EventEnvelope Envelope(int number) => LoadEvents.Envelope(number, Lane.Import, Body);

    private static QueueFile Open(string file) => QueueFile.Open(
        new QueueSettings { Path = file }, new DeadLetterSettings(), new SteadyClock(TimeProvider.System), TimeProvider.System, NullLogger<QueueFile>.Instance);
}
