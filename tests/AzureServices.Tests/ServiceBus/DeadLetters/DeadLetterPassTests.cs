using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Time.Testing;
using ServiceBusDouble.Faults;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.DeadLetters;

/// <summary>Passes over many dead letters, and over those the broker or somebody else made.</summary>
public sealed class DeadLetterPassTests : BrokerTests
{
    private readonly FakeTimeProvider _time;

    public DeadLetterPassTests()
        : this(new FakeTimeProvider(Some.Now))
    {
    }

    private DeadLetterPassTests(FakeTimeProvider time)
        : base(new ServiceBusQueueUnderTest(definition => definition with { MaxDeliveryCount = 1 }, time)) => _time = time;

    [Fact]
    public async Task Ten_thousand_are_discarded_in_two_passes()
    {
        await DeadLettersAsync(10_000);

        DeadLetterPass first = await Subject.Store.DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);
        DeadLetterPass second = await Subject.Store.DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);

        (first.Done, first.More, first.Scanned).ShouldBe((5_000, true, 5_000));
        (second.Done, second.More).ShouldBe((5_000, false));
        Subject.Double.DeadLetterCount.ShouldBe(0);
    }

    [Fact]
    public async Task Ten_thousand_are_replayed_in_two_passes_in_their_order()
    {
        await DeadLettersAsync(10_000);
        object?[] before = [.. Subject.Double.DeadLetters.Select(message => message.ApplicationProperties["eventId"])];

        DeadLetterPass first = await Subject.Store.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None);
        DeadLetterPass second = await Subject.Store.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None);

        (first.Done, first.More, second.Done, second.More).ShouldBe((5_000, true, 5_000, false));
        Subject.Double.Messages.Select(message => message.ApplicationProperties["eventId"]).SequenceEqual(before).ShouldBeTrue();
        Subject.Log.Entries.Count(entry => entry.Step == EventStep.Replayed).ShouldBe(10_000);
    }

    [Fact]
    public async Task A_broker_that_refuses_is_told_from_a_bug()
    {
        await DeadLettersAsync(1);
        Subject.Double.Fail(BrokerOperation.Peek, OperationFault.Unauthorized, times: 10);

        (await Should.ThrowAsync<UnavailableException>(Subject.Store.ListAsync(new DeadLetterQuery(null, 10, null), CancellationToken.None))).Code.ShouldBe("queue_refused");
        (await Should.ThrowAsync<UnavailableException>(Subject.Store.FindAsync("1", CancellationToken.None))).Code.ShouldBe("queue_refused");
        await Should.ThrowAsync<UnavailableException>(Subject.Store.DiscardAsync(new DeadLetterSelection.Ids(["1"]), run: null, CancellationToken.None));
    }

    [Fact]
    public async Task A_pass_leaves_nothing_locked_that_it_did_not_want()
    {
        await DeadLettersAsync(250);
        DeadLetter last = (await Subject.Store.ListAsync(new DeadLetterQuery(null, 1_000, null), CancellationToken.None)).Items[^1];

        DeadLetterPass pass = await Subject.Store.DiscardAsync(new DeadLetterSelection.Ids([last.Id]), run: null, CancellationToken.None);

        (pass.Done, pass.More, pass.Scanned).ShouldBe((1, false, 250));
        Subject.Double.DeadLetters.Count.ShouldBe(249);
        Subject.Double.DeadLetters.ShouldAllBe(message => !message.IsLocked);
    }

    [Fact]
    public async Task One_that_is_asked_for_beyond_the_reach_of_a_pass_is_there_and_repeating_is_not_advised()
    {
        await DeadLettersAsync(5_001);
        string id = Subject.Double.DeadLetters[^1].SequenceNumber.ToString(System.Globalization.CultureInfo.InvariantCulture);

        DeadLetterPass pass = await Subject.Store.DiscardAsync(new DeadLetterSelection.Ids([id]), run: null, CancellationToken.None);

        (pass.Done, pass.More, pass.Scanned).ShouldBe((0, false, 5_000));
        pass.NotFound.ShouldBeEmpty();
        (await Subject.Store.FindAsync(id, CancellationToken.None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_pass_that_waits_for_another_has_its_whole_time_all_the_same()
    {
        await DeadLettersAsync(250);
        int recorded = 0;
        Subject.Log.Recorded = () => _time.Advance(Interlocked.Increment(ref recorded) == 1 ? TimeSpan.FromSeconds(61) : TimeSpan.Zero);

        Task<DeadLetterPass> first = Subject.Store.DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);
        Task<DeadLetterPass> second = Subject.Store.DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);

        ((await first).Done, (await first).More).ShouldBe((100, true));
        ((await second).Done, (await second).More).ShouldBe((150, false));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(2)]
    public async Task A_dead_letter_that_somebody_else_holds_is_passed_over_and_told(int held)
    {
        await DeadLettersAsync(5);
        await using ServiceBusReceiver other = Subject.Client.CreateReceiver(
            ServiceBusQueueUnderTest.QueueName, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        List<ServiceBusReceivedMessage> theirs = [];
        while (theirs.Count < held)
        {
            theirs.AddRange(await other.ReceiveMessagesAsync(held - theirs.Count));
        }

        DeadLetterPass pass = await Subject.Store.DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(2));
        DeadLetterPass later = await Subject.Store.DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);

        (pass.Done, pass.More, pass.Contended).ShouldBe((5 - held, true, true));
        (later.Done, later.More, later.Contended).ShouldBe((held, false, false));
    }

    [Fact]
    public async Task A_queue_that_takes_nothing_keeps_the_dead_letters()
    {
        await DeadLettersAsync(3);
        Subject.Double.FailSends(new SendFault.QuotaExceeded());

        DeadLetterPass pass = await Subject.Store.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None);

        (pass.Done, pass.More).ShouldBe((0, true));
        Subject.Double.DeadLetters.Count.ShouldBe(3);
        Subject.Double.DeadLetters.ShouldAllBe(message => !message.IsLocked);
        Subject.Double.ActiveCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_replay_whose_answer_was_lost_is_repeated_and_the_event_comes_once()
    {
        await DeadLettersAsync(3);
        Subject.Double.FailSends(new SendFault.AnswerLost());

        DeadLetterPass pass = await Subject.Store.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None);
        DeadLetterPass rest = await Subject.Store.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None);

        (pass.Done + rest.Done).ShouldBeLessThanOrEqualTo(3);
        Subject.Double.ActiveCount.ShouldBe(3);
    }

    [Fact]
    public async Task A_cancelled_pass_stops_between_two_pages()
    {
        await DeadLettersAsync(250);
        using CancellationTokenSource cancellation = new();
        Subject.Log.Recorded = cancellation.Cancel;

        DeadLetterPass pass = await Subject.Store.DiscardAsync(new DeadLetterSelection.All(), run: null, cancellation.Token);

        pass.More.ShouldBeTrue();
        pass.Done.ShouldBeInRange(1, 100);
        Subject.Double.DeadLetters.Count.ShouldBe(250 - pass.Done);
        Subject.Double.DeadLetters.ShouldAllBe(message => !message.IsLocked);
    }

    [Fact]
    public async Task An_event_the_broker_handed_out_too_often_is_a_delivery_count()
    {
        await Subject.Queue.EnqueueAsync([Some.Envelope()], CancellationToken.None);
        ServiceBusSessionReceiver session = await Subject.Client.AcceptNextSessionAsync(ServiceBusQueueUnderTest.QueueName);
        await session.AbandonMessageAsync(await session.ReceiveMessageAsync());

        DeadLetter deadLetter = await OnlyAsync();

        deadLetter.Reason.ShouldBe(DeadLetterReason.DeliveryCount);
        (deadLetter.EventId, deadLetter.Kind, deadLetter.Attempts).ShouldBe((Some.Envelope().EventId, "track", 0));
        (await Subject.Store.ReplayAsync(new DeadLetterSelection.OfReason(DeadLetterReason.DeliveryCount), asOfNow: false, run: null, CancellationToken.None)).Done.ShouldBe(1);
    }

    [Fact]
    public async Task A_message_of_somebody_else_can_be_looked_at_and_discarded_but_not_replayed()
    {
        await using ServiceBusSender sender = Subject.Client.CreateSender(ServiceBusQueueUnderTest.QueueName);
        await sender.SendMessageAsync(new ServiceBusMessage("not ours") { SessionId = "somebody's" });
        ServiceBusSessionReceiver session = await Subject.Client.AcceptNextSessionAsync(ServiceBusQueueUnderTest.QueueName);
        await session.DeadLetterMessageAsync(await session.ReceiveMessageAsync(), "ManualDeadLetter");

        DeadLetter deadLetter = await OnlyAsync();
        DeadLetterPass replay = await Subject.Store.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None);
        DeadLetterPass discard = await Subject.Store.DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);

        (deadLetter.Reason, deadLetter.EventId, deadLetter.Kind).ShouldBe((DeadLetterReason.Unreadable, "", "unsupported"));
        (replay.Done, replay.More).ShouldBe((0, false));
        discard.Done.ShouldBe(1);
    }

    [Fact]
    public async Task A_filtered_list_looks_at_a_thousand_at_a_time()
    {
        await DeadLettersAsync(1_001);
        await DeadLetterAsync(DeadLetterReason.NoEmail);

        DeadLetterPage first = await Subject.Store.ListAsync(new DeadLetterQuery(DeadLetterReason.NoEmail, 10, null), CancellationToken.None);
        DeadLetterPage second = await Subject.Store.ListAsync(new DeadLetterQuery(DeadLetterReason.NoEmail, 10, first.Next), CancellationToken.None);

        first.Items.ShouldBeEmpty();
        first.Next.ShouldNotBeNull();
        second.Items.ShouldHaveSingleItem().Reason.ShouldBe(DeadLetterReason.NoEmail);
        second.Next.ShouldBeNull();
    }

    private async Task<DeadLetter> OnlyAsync()
    {
        await Eventually.BecomesTrueAsync(() => Subject.Double.DeadLetterCount == 1);
        return (await Subject.Store.ListAsync(new DeadLetterQuery(null, 10, null), CancellationToken.None)).Items.ShouldHaveSingleItem();
    }

    /// <summary>Dead letters of one partition, made by the broker all at once, because their time ended.</summary>
    private async Task DeadLettersAsync(int count)
    {
        await EnqueueAsync([.. Enumerable.Range(0, count).Select(number => Some.Envelope(number))]);
        _time.Advance(TimeSpan.FromDays(15));
        await Eventually.BecomesTrueAsync(() => Subject.Double.DeadLetterCount == count);
    }

    private async Task DeadLetterAsync(DeadLetterReason reason)
    {
        await EnqueueAsync(Some.Envelope(100_000));
        await using IPartitionLease lease = await Subject.Receiver.ReceiveAsync(Lane.Live, 1, CancellationToken.None);
        await lease.SettleAsync(lease.Events[0], Some.Attempt(Some.DeadLetter(reason)) with { At = _time.GetUtcNow() });
    }
}
