using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.QueueContract;

/// <summary>What every queue must still know after its process ended; for implementations that a test can close and open again.</summary>
public abstract class ReopeningContract : QueueSuite<IReopenableQueue>
{
    [Fact]
    public async Task Events_wait_in_their_order()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)), Event(Live(1)), Event(Import(3)));

        await Subject.ReopenAsync();

        (await HandleNextAsync(Complete)).Envelope.EventId.ShouldBe(sent[0].EventId);
        (await HandleNextAsync(Complete)).Envelope.EventId.ShouldBe(sent[1].EventId);
        (await HandleNextAsync(Complete, Lane.Import)).Envelope.EventId.ShouldBe(sent[2].EventId);
    }

    [Fact]
    public async Task A_completed_event_stays_gone_and_a_repeat_of_it_is_dropped()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)), Event(Live(1)));
        ReceivedEvent first = await HandleNextAsync(Complete);

        await Subject.ReopenAsync();
        await SendAsync(sent[0]);

        ReceivedEvent second = await HandleNextAsync(Complete);
        second.Envelope.EventId.ShouldBe(sent[1].EventId);
        second.SequenceNumber.ShouldBeGreaterThan(first.SequenceNumber);
        (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.Ready.ShouldBe(0);
    }

    [Fact]
    public async Task What_a_delivery_repeats_is_kept_until_its_time()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)));
        await HandleNextAsync(new Settlement.Complete((SkipReason?)null) { Repeat = sent[0].RepeatedAfter(Subject.Clock.GetUtcNow(), TimeSpan.FromSeconds(1)) });

        await Subject.ReopenAsync();
        if (Subject is IQueueInFakeTime { Clock: FakeTimeProvider } time)
        {
            await time.AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        EventEnvelope repeat = (await HandleNextAsync(Complete)).Envelope;
        (repeat.EventId, repeat.IsRepeat).ShouldBe((sent[0].EventId, true));
    }

    [Fact]
    public async Task The_history_of_a_failing_event_goes_on()
    {
        DateTimeOffset firstFailedAt = DateTimeOffset.UnixEpoch.AddDays(20_000);
        await SendAsync(Event(Live(1)));
        await HandleNextAsync(Release(failedCalls: 6, firstFailedAt));

        await Subject.ReopenAsync();

        (await HandleNextAsync(Complete)).History.ShouldBe(new FailureHistory(6, firstFailedAt));
    }

    [Fact]
    public async Task What_was_kept_of_a_delivery_that_was_cut_off_goes_on()
    {
        DateTimeOffset firstFailedAt = DateTimeOffset.UnixEpoch.AddDays(20_000);
        await SendAsync(Event(Live(1)));
        IPartitionLease held = await ReceiveAsync();
        await held.KeepAsync(held.Events[0], new FailureHistory(10, firstFailedAt));

        await Subject.ReopenAsync();

        (await HandleNextAsync(Complete)).History.ShouldBe(new FailureHistory(10, firstFailedAt));
    }

    [Fact]
    public async Task What_a_consumer_held_comes_again()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)));
        IPartitionLease held = await ReceiveAsync();

        await Subject.ReopenAsync();

        held.Events.Count.ShouldBe(1);
        (await HandleNextAsync(Complete)).Envelope.EventId.ShouldBe(sent[0].EventId);
    }

    [Fact]
    public async Task Sequence_numbers_go_on_though_the_queue_was_empty()
    {
        await SendAsync(Event(Live(1)));
        ReceivedEvent before = await HandleNextAsync(Complete);

        await Subject.ReopenAsync();
        await SendAsync(Event(Live(1)));

        (await HandleNextAsync(Complete)).SequenceNumber.ShouldBeGreaterThan(before.SequenceNumber);
    }

    [Fact]
    public async Task Status_and_dead_letters_are_as_they_were()
    {
        await SendAsync(Event(Live(1)), Event(Live(1)), Event(Import(1)));
        await HandleNextAsync(DeadLetter());
        QueueStatus status = (await Subject.Queue.GetStatusAsync(CancellationToken.None))!;

        await Subject.ReopenAsync();

        (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.ShouldBe(status);
        (await Subject.DeadLetters.ListAsync(new DeadLetterQuery(null, 10, null), CancellationToken.None)).Items.Count.ShouldBe(1);
    }
}
