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

    [Fact]
    public async Task What_a_delivery_repeats_comes_once_at_its_time_behind_what_waits_then()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)), Event(Live(1)));
        await HandleNextAsync(Repeating(sent[0], TimeSpan.FromMinutes(2)));

        // What is handed out again although it ended, because nobody could be told, repeats nothing twice.
        await Subject.Queue.EnqueueAsync([sent[0].RepeatedAfter(Subject.Clock.GetUtcNow(), TimeSpan.FromMinutes(2))], CancellationToken.None);
        ReceivedEvent second = await HandleNextAsync(Complete);
        long before = await ReadyAfterAsync(TimeSpan.FromMinutes(2) - TimeSpan.FromSeconds(1));
        EventEnvelope[] later = await SendAsync(Event(Live(1)));
        long atItsTime = await ReadyAfterAsync(TimeSpan.FromSeconds(1));

        second.Envelope.EventId.ShouldBe(sent[1].EventId);
        (before, atItsTime).ShouldBe((0, 2));
        (await HandleNextAsync(Complete)).Envelope.EventId.ShouldBe(later[0].EventId);
        EventEnvelope repeat = (await HandleNextAsync(Complete)).Envelope;
        (repeat.EventId, repeat.IsRepeat, repeat.NotBefore, repeat.ReceivedAt).ShouldBe((sent[0].EventId, true, null, sent[0].ReceivedAt));
        (await ReadyAfterAsync(TimeSpan.FromDays(1))).ShouldBe(0);
    }

    [Fact]
    public async Task A_repeat_that_became_a_dead_letter_is_replayed_as_what_it_is()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)));
        await HandleNextAsync(Repeating(sent[0], TimeSpan.FromMinutes(2)));
        (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.RepeatsKept.ShouldBeOneOf(1, null);
        (await ReadyAfterAsync(TimeSpan.FromMinutes(2))).ShouldBe(1);
        (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.RepeatsKept.ShouldBeOneOf(0, null);
        await HandleNextAsync(DeadLetter());

        (await Subject.DeadLetters.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None)).Done.ShouldBe(1);

        EventEnvelope replayed = (await HandleNextAsync(Complete)).Envelope;
        (replayed.EventId, replayed.IsRepeat, replayed.ReplayCount).ShouldBe((sent[0].EventId, true, 1));
        (await ReadyAfterAsync(TimeSpan.FromDays(1))).ShouldBe(0);
    }

    private Settlement.Complete Repeating(EventEnvelope envelope, TimeSpan after) =>
        new((SkipReason?)null) { Repeat = envelope.RepeatedAfter(Subject.Clock.GetUtcNow(), after) };

    private async Task<long> ReadyAfterAsync(TimeSpan time)
    {
        await Subject.AdvanceAsync(time);
        return (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.Ready;
    }
}
