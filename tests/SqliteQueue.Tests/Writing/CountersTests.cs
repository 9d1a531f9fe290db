using CsCheck;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tests.Support;
using CustomerIoDestination.Telemetry;

namespace CustomerIoDestination.SqliteQueue.Tests.Writing;

public sealed class CountersTests
{
    private static readonly DeadLetterReason[] Reasons = [DeadLetterReason.Expired, DeadLetterReason.LimitExceeded];

    /// <summary>Each step is a number; what it does is its remainder, so that shrinking keeps it valid.</summary>
    [Fact]
    public async Task Counters_are_what_lies_in_the_file_whatever_was_done() =>
        await Gen.Int[0, 10_000].Array[1, 30].HoldsAsync(RunAsync, times: 12);

    [Fact]
    public async Task Counts_outlive_the_process_and_go_on_from_there_when_the_file_is_opened_again()
    {
        using var folder = new QueueFolder();
        DateTimeOffset since = folder.Clock.GetUtcNow();
        await using (QueueFile first = folder.Open(counted: Beside(folder, rejected: 2, skipped: 3, failed: 4)))
        {
            await new SqliteEventQueue(first).EnqueueAsync([.. Enumerable.Range(0, 4).Select(number => Some.Envelope(new Partition(Lane.Live, 0), number))], CancellationToken.None);
            await SettleAsync(first, attempt => attempt with { Warnings = [new(WarningCode.NameCut, "event", "cut"), new(WarningCode.NameCut, "event", "again")] });
            await SettleAsync(first, attempt => attempt with { Settlement = new Settlement.Complete(SkipReason.NotEnabled) });
        }

        folder.Clock.Advance(TimeSpan.FromHours(1));
        await using QueueFile second = folder.Open(counted: Beside(folder, rejected: 1, skipped: 1, failed: 1));
        await SettleAsync(second, attempt => attempt with { Settlement = new Settlement.DeadLetter(DeadLetterReason.NoEmail, "none") });
        await SettleAsync(second, attempt => attempt with { Settlement = new Settlement.Release("unavailable", FailureHistory.None) });

        EventCounts counts = second.Counts;
        (counts.Received, counts.Accepted, counts.Rejected, counts.Skipped, counts.Delivered, counts.Retried).ShouldBe((11, 4, 3, 5, 1, 5));
        counts.DeadLettered.ShouldBe(new Dictionary<string, long> { ["no_email"] = 1 });
        counts.Warnings.ShouldBe(new Dictionary<string, long> { ["name_cut"] = 1 });
        counts.Since.ShouldBe(since);
    }

    [Fact]
    public async Task Every_event_of_a_replay_is_counted_by_what_became_of_it()
    {
        using var folder = new QueueFolder();
        await using QueueFile file = folder.Open();
        var deadLetters = new SqliteDeadLetterStore(file);
        await new SqliteEventQueue(file).EnqueueAsync([.. Enumerable.Range(0, 4).Select(number => Some.Envelope(new Partition(Lane.Live, 0), number))], CancellationToken.None);
        for (int i = 0; i < 4; i++)
        {
            await SettleAsync(file, attempt => attempt with { Settlement = new Settlement.DeadLetter(DeadLetterReason.NoEmail, "none") });
        }

        DeadLetterRun run = (await deadLetters.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None)).Run;
        await SettleAsync(file, attempt => attempt);
        await SettleAsync(file, attempt => attempt with { Settlement = new Settlement.Complete(SkipReason.NotEnabled) });
        await SettleAsync(file, attempt => attempt with { Settlement = new Settlement.Release("unavailable", FailureHistory.None) });
        await SettleAsync(file, attempt => attempt with { Settlement = new Settlement.DeadLetter(DeadLetterReason.Expired, "old") });

        ReplayResult result = await deadLetters.FindResultAsync(run, CancellationToken.None);
        (result.Delivered, result.Skipped, result.Waiting).ShouldBe((1, 1, 1));
        result.CameBack.ShouldBe(new Dictionary<DeadLetterReason, long> { [DeadLetterReason.Expired] = 1 });
        (await deadLetters.FindResultAsync(new DeadLetterRun(0, run.BeganAt.AddDays(-1)), CancellationToken.None)).Waiting.ShouldBe(0, "of another run nothing is known");
    }

    private static EventCounters Beside(QueueFolder folder, int rejected, int skipped, int failed)
    {
        EventCounters counters = new(folder.Clock);
        counters.Ingested(received: rejected + skipped, accepted: 0, rejected, skipped);
        counters.CallsFailed(failed);
        return counters;
    }

    private static async Task SettleAsync(QueueFile file, Func<DeliveryAttempt, DeliveryAttempt> change)
    {
        await using IPartitionLease lease = await new SqliteEventReceiver(file).ReceiveAsync(Lane.Live, 1, CancellationToken.None);
        await lease.SettleAsync(lease.Events[0], change(Some.Attempt(lease.Events[0], Settlement.Complete.Delivered)));
    }

    private static async Task RunAsync(int[] steps)
    {
        using var folder = new QueueFolder();
        await using (QueueFile file = folder.Open())
        {
            foreach (int step in steps)
            {
                await DoAsync(file, step);
            }

            await CompareAsync(file);
        }

        await using QueueFile reopened = folder.Open();
        await CompareAsync(reopened);
    }

    private static async Task DoAsync(QueueFile file, int step)
    {
        var deadLetters = new SqliteDeadLetterStore(file);
        Lane lane = step % 2 == 0 ? Lane.Live : Lane.Import;
        DeadLetterReason reason = Reasons[step % Reasons.Length];
        switch (step % 7)
        {
            case 0 or 1:
                await new SqliteEventQueue(file).EnqueueAsync(
                    [.. Enumerable.Range(step % 50, 5).Select(number => Some.Envelope(new Partition(lane, number % 3), number))], CancellationToken.None);
                break;
            case 2:
                await SettleAsync(file, lane, Settlement.Complete.Delivered);
                break;
            case 3:
                await SettleAsync(file, lane, new Settlement.DeadLetter(reason, "a reason"));
                break;
            case 4:
                await SettleAsync(file, lane, new Settlement.Release("http_503", new FailureHistory(1, Some.Now)));
                break;
            case 5:
                await deadLetters.ReplayAsync(new DeadLetterSelection.OfReason(reason), asOfNow: false, run: null, CancellationToken.None);
                break;
            default:
                await deadLetters.DiscardAsync(new DeadLetterSelection.OfReason(reason), run: null, CancellationToken.None);
                break;
        }
    }

    private static async Task SettleAsync(QueueFile file, Lane lane, Settlement settlement)
    {
        if (file.Writer.Counters.Depth(lane) > 0)
        {
            await using IPartitionLease lease = await new SqliteEventReceiver(file).ReceiveAsync(lane, 3, CancellationToken.None);
            await lease.SettleAsync(lease.Events[0], Some.Attempt(lease.Events[0], settlement));
        }
    }

    private static async Task CompareAsync(QueueFile file)
    {
        Counters().ShouldBe([.. await Task.WhenAll(
            file.CountAsync("select count(*) from events where lane = 0"),
            file.CountAsync("select count(*) from events where lane = 1"),
            file.CountAsync("select count(*) from dead_letters where reason = 'expired'"),
            file.CountAsync("select count(*) from dead_letters where reason = 'limit_exceeded'"),
            file.CountAsync("select count(*) from dead_letters"))]);
        (file.Leases.InDelivery(Lane.Live), file.Leases.InDelivery(Lane.Import)).ShouldBe((0, 0));

        long[] Counters() =>
        [
            file.Writer.Counters.Depth(Lane.Live),
            file.Writer.Counters.Depth(Lane.Import),
            file.Writer.Counters.DeadLetters(DeadLetterReason.Expired),
            file.Writer.Counters.DeadLetters(DeadLetterReason.LimitExceeded),
            file.Writer.Counters.DeadLettered,
        ];
    }
}
