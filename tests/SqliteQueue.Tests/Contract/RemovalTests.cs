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

    [Fact]
    public async Task The_repeat_of_a_merge_is_removed_before_its_time_and_its_event_counts_once()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)));
        await HandleNextAsync(new Settlement.Complete((SkipReason?)null) { Repeat = sent[0].RepeatedAfter(Subject.Clock.GetUtcNow(), TimeSpan.FromMinutes(2)) });

        QueueRemoval removal = await Subject.Queue.RemoveAsync(static _ => true, SkipReason.Forgotten, CancellationToken.None);
        await ((IQueueInFakeTime)Subject).AdvanceAsync(TimeSpan.FromMinutes(3));

        removal.Removed.ShouldBe(1);
        QueueStatus status = (await Subject.Queue.GetStatusAsync(CancellationToken.None))!;
        (status.Ready, status.InDelivery).ShouldBe((0, 0));
        EventCounts counts = ((SqliteQueueUnderTest)Subject).File.Counts;
        (counts.Accepted, counts.Delivered, counts.Skipped).ShouldBe((1, 1, 0));
    }

    [Fact]
    public async Task A_repeat_whose_time_lies_farther_ahead_than_any_may_was_put_there_by_a_clock_that_was_ahead_and_comes_now()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)));
        await HandleNextAsync(new Settlement.Complete((SkipReason?)null) { Repeat = sent[0].RepeatedAfter(Subject.Clock.GetUtcNow(), TimeSpan.FromDays(400)) });

        await ((IQueueInFakeTime)Subject).AdvanceAsync(TimeSpan.FromSeconds(1));

        (await HandleNextAsync(Complete)).Envelope.IsRepeat.ShouldBeTrue();
    }

    protected override Task<IReopenableQueue> StartAsync() => Task.FromResult<IReopenableQueue>(new SqliteQueueUnderTest());
}
