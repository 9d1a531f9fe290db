using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tests.Support;
using CustomerIoDestination.SqliteQueue.Writing;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tests.Writing;

/// <summary>Settlements of a run that wait for the writer together.</summary>
public sealed class SettlingTests : OpenQueueFile
{
    private const int Events = 40;
    private static readonly Partition Somewhere = new(Lane.Live, 1);

    [Fact]
    public async Task Settlements_that_wait_together_share_a_commit_and_a_task_and_are_logged_in_their_order()
    {
        await EnqueueAsync();
        await using IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, Events, CancellationToken.None);
        using var busy = new ManualResetEventSlim();
        Task<bool> blocked = await BlockWriterAsync(busy);
        long before = File.Writer.Commits;

        Task[] settling = [.. lease.Events.Select(received => lease.SettleAsync(received, Some.Attempt(received, Settlement.Complete.Delivered)))];
        busy.Set();
        await Task.WhenAll(settling);

        (await blocked).ShouldBeTrue();
        settling.Distinct().Count().ShouldBe(1);
        (File.Writer.Commits - before).ShouldBe(2, "one for the write in front, one for all behind it");
        File.Writer.Counters.Depth(Lane.Live).ShouldBe(0);
        DeliveryLogPage page = await new SqliteDeliveryLog(File).ListAsync(new DeliveryLogQuery(Events + 1, null, null, null), CancellationToken.None);
        page.Items.Select(entry => entry.EventId).ShouldBe(lease.Events.Select(received => received.Envelope.EventId).Reverse());
    }

    [Fact]
    public async Task One_that_can_t_be_written_takes_no_other_of_its_run_along()
    {
        await EnqueueAsync();
        IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, Events, CancellationToken.None);
        using var busy = new ManualResetEventSlim();
        Task<bool> blocked = await BlockWriterAsync(busy);

        Task[] settling =
        [
            .. lease.Events.Select((received, index) => (Received: received, Attempt: Some.Attempt(received, Settlement.Complete.Delivered), Index: index))
                .Select(one => lease.SettleAsync(one.Received, one.Index == 7 ? one.Attempt with { EventId = null! } : one.Attempt)),
        ];
        busy.Set();
        await Should.ThrowAsync<SqliteException>(Task.WhenAll(settling));
        await lease.DisposeAsync();

        (await blocked).ShouldBeTrue();
        QueueStatus? status = await Queue.GetStatusAsync(CancellationToken.None);
        (status!.Ready, status.InDelivery).ShouldBe((1, 0));
        await using IPartitionLease again = await Receiver.ReceiveAsync(Lane.Live, Events, CancellationToken.None);
        again.Events.ShouldHaveSingleItem().SequenceNumber.ShouldBe(lease.Events[7].SequenceNumber);
    }

    [Fact]
    public async Task A_settlement_is_not_written_before_what_was_kept_earlier()
    {
        await EnqueueAsync();
        var last = new FailureHistory(12, Some.Now);
        IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, 2, CancellationToken.None);
        using var busy = new ManualResetEventSlim();
        Task<bool> blocked = await BlockWriterAsync(busy);

        Task first = lease.SettleAsync(lease.Events[0], Some.Attempt(lease.Events[0], Settlement.Complete.Delivered));
        Task kept = lease.KeepAsync(lease.Events[1], new FailureHistory(11, Some.Now));
        Task released = lease.SettleAsync(lease.Events[1], Some.Attempt(lease.Events[1], new Settlement.Release("http_503", last)));
        busy.Set();
        await Task.WhenAll(blocked, first, kept, released);
        await lease.DisposeAsync();

        await using IPartitionLease again = await Receiver.ReceiveAsync(Lane.Live, 1, CancellationToken.None);
        again.Events[0].History.ShouldBe(last);
    }

    private async Task EnqueueAsync() => (await Queue.EnqueueAsync(
        [.. Enumerable.Range(0, Events).Select(number => Some.Envelope(Somewhere, number))], CancellationToken.None)).ShouldBe(EnqueueResult.Enqueued.All);

    /// <summary>Keeps the writer busy until it is let go.</summary>
    /// <returns>When it is busy: what ends when it is let go.</returns>
    private async Task<Task<bool>> BlockWriterAsync(ManualResetEventSlim busy)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<bool> blocked = File.Writer.WriteAsync(new WriteWork<bool>(_ =>
        {
            started.TrySetResult();
            return busy.Wait(TimeSpan.FromSeconds(30));
        }));
        await started.Task;
        return blocked;
    }
}
