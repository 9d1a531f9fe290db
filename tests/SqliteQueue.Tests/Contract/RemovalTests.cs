using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.QueueContract;
using CustomerIoDestination.SqliteQueue.Tests.Support;

namespace CustomerIoDestination.SqliteQueue.Tests.Contract;

/// <summary>Events that are taken off the embedded queue, whoever holds them.</summary>
public sealed class RemovalTests : QueueSuite<IReopenableQueue>
{
    [Fact]
    public async Task An_event_in_a_consumers_hand_is_removed_and_counted_apart_and_its_settlement_tells_nothing_more()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)), Event(Live(1)), Event(Live(1)));
        await using (IPartitionLease lease = await ReceiveAsync(maxEvents: 2))
        {
            QueueRemoval removal = await Subject.Queue.RemoveAsync(static _ => true, SkipReason.Forgotten, CancellationToken.None);
            await SettleAsync(lease, lease.Events[0], DeadLetter());
            await SettleAsync(lease, lease.Events[1], Complete);

            (removal.Removed, removal.RemovedInHand).ShouldBe((1, 2));
        }

        QueueStatus status = (await Subject.Queue.GetStatusAsync(CancellationToken.None))!;
        (status.Ready, status.InDelivery, status.DeadLettered).ShouldBe((0, 0, 0));
        DeliveryLogPage log = await Subject.Log.ListAsync(new DeliveryLogQuery(100, null, null, null), CancellationToken.None);
        log.Items.Select(line => (line.EventId, line.Outcome, line.Reason)).ShouldBe(
            sent.Select(envelope => (envelope.EventId, (AttemptOutcome?)AttemptOutcome.Skipped, (string?)"forgotten")), ignoreOrder: true);
    }

    [Fact]
    public async Task A_removed_event_is_not_there_after_the_next_start_and_its_repeat_is_still_dropped()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)));
        await Subject.Queue.RemoveAsync(static _ => true, SkipReason.Forgotten, CancellationToken.None);

        await Subject.ReopenAsync();
        await SendAsync(sent);

        (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.Ready.ShouldBe(0);
    }

    protected override Task<IReopenableQueue> StartAsync() => Task.FromResult<IReopenableQueue>(new SqliteQueueUnderTest());
}
