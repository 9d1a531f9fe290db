using CsCheck;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tests.Support;

namespace CustomerIoDestination.SqliteQueue.Tests.Writing;

public sealed class CountersTests
{
    private static readonly DeadLetterReason[] Reasons = [DeadLetterReason.Expired, DeadLetterReason.LimitExceeded];

    /// <summary>Each step is a number; what it does is its remainder, so that shrinking keeps it valid.</summary>
    [Fact]
    public async Task Counters_are_what_lies_in_the_file_whatever_was_done() =>
        await Gen.Int[0, 10_000].Array[1, 30].SampleAsync(RunAsync, iter: 12, threads: 1, seed: "0000KOIPe036");

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
                await SettleAsync(file, lane, new Settlement.Release("http_503", new FailureHistory(1, Some.Time)));
                break;
            case 5:
                await deadLetters.ReplayAsync(new DeadLetterSelection.OfReason(reason), asOfNow: false, CancellationToken.None);
                break;
            default:
                await deadLetters.DiscardAsync(new DeadLetterSelection.OfReason(reason), CancellationToken.None);
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
