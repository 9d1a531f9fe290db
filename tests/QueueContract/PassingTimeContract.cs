using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.QueueContract;

/// <summary>What every queue must do as time goes by; for implementations whose time a test can move.</summary>
public abstract class PassingTimeContract : QueueSuite<IQueueInFakeTime>
{
    [Fact]
    public async Task A_repeated_event_is_dropped_for_seven_days_and_not_for_ever()
    {
        EventEnvelope sent = Event(Live(1));
        await SendAsync(sent);
        await HandleNextAsync(Complete);

        await Subject.AdvanceAsync(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        await SendAsync(sent);
        long inside = (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.Ready;
        await Subject.AdvanceAsync(TimeSpan.FromDays(1.5));
        await SendAsync(sent);

        inside.ShouldBe(0);
        (await HandleNextAsync(Complete)).Envelope.EventId.ShouldBe(sent.EventId);
    }

    [Fact]
    public async Task The_oldest_age_is_that_of_the_head_of_each_lane()
    {
        await SendAsync(Event(Live(2)));
        await Subject.AdvanceAsync(TimeSpan.FromMinutes(5));
        await SendAsync(Event(Live(1)), Event(Import(1)));
        await Subject.AdvanceAsync(TimeSpan.FromMinutes(2));

        await using IPartitionLease held = await ReceiveAsync();

        QueueStatus status = (await Subject.Queue.GetStatusAsync(CancellationToken.None))!;
        status.Live.OldestAge.ShouldBe(TimeSpan.FromMinutes(7));
        status.Import.OldestAge.ShouldBe(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task A_dead_letter_is_kept_for_its_retention_and_no_longer()
    {
        await SendAsync(Event(Live(1)));
        await HandleNextAsync(DeadLetter(DeadLetterReason.Expired));

        await Subject.AdvanceAsync(TimeSpan.FromDays(29));
        long before = (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.DeadLettered;
        await Subject.AdvanceAsync(TimeSpan.FromDays(2));

        before.ShouldBe(1);
        (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.DeadLettered.ShouldBe(0);
        (await Subject.DeadLetters.ListAsync(new DeadLetterQuery(null, 10, null), CancellationToken.None)).Items.ShouldBeEmpty();
    }
}
