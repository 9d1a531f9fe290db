using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.DeadLetters;

/// <summary>What happens as days go by, on a clock that broker and library share.</summary>
public sealed class PassingTimeTests : BrokerTests
{
    private readonly FakeTimeProvider _time;

    public PassingTimeTests()
        : this(new FakeTimeProvider(Some.Now))
    {
    }

    private PassingTimeTests(FakeTimeProvider time)
        : base(new ServiceBusQueueUnderTest(time: time)) => _time = time;

    [Fact]
    public async Task An_event_nobody_delivered_in_time_is_a_dead_letter_and_can_be_replayed()
    {
        await EnqueueAsync(Some.Envelope());

        _time.Advance(TimeSpan.FromDays(14) + TimeSpan.FromHours(1));

        await Eventually.BecomesTrueAsync(() => Subject.Double.DeadLetterCount == 1);
        DeadLetter deadLetter = (await Subject.Store.ListAsync(new DeadLetterQuery(DeadLetterReason.TtlExpired, 10, null), CancellationToken.None)).Items.ShouldHaveSingleItem();
        deadLetter.DeadLetteredAt.ShouldBeLessThanOrEqualTo(_time.GetUtcNow());
        (await Subject.Store.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None)).Done.ShouldBe(1);
    }

    [Fact]
    public async Task Dead_letters_are_kept_for_their_retention_and_no_longer()
    {
        await DeadLetterAsync(Some.Envelope(1));
        _time.Advance(TimeSpan.FromDays(2));
        await DeadLetterAsync(Some.Envelope(2, queuedAt: _time.GetUtcNow()));

        _time.Advance(TimeSpan.FromDays(27));
        DeadLetterPass early = await Subject.Store.PurgeAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromDays(2));
        DeadLetterPass late = await Subject.Store.PurgeAsync(CancellationToken.None);

        early.Done.ShouldBe(0);
        late.Done.ShouldBe(1);
        Subject.Double.DeadLetters.ShouldHaveSingleItem().ApplicationProperties["eventId"].ShouldBe(Some.Envelope(2).EventId);
    }

    [Fact]
    public async Task One_the_broker_gave_up_is_kept_for_its_retention_though_its_event_had_waited_long()
    {
        await GiveUpAfterAsync(TimeSpan.FromDays(13));

        _time.Advance(TimeSpan.FromDays(18));
        DeadLetterPass early = await Subject.Store.PurgeAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromDays(14));
        DeadLetterPass late = await Subject.Store.PurgeAsync(CancellationToken.None);

        early.Done.ShouldBe(0, "it is 18 days old at most");
        late.Done.ShouldBe(1);
    }

    [Fact]
    public async Task One_of_unknown_age_holds_up_none_that_came_after_it_and_goes_with_them()
    {
        await GiveUpAfterAsync(TimeSpan.FromDays(1));
        await DeadLetterAsync(Some.Envelope(2, queuedAt: _time.GetUtcNow()));

        _time.Advance(TimeSpan.FromDays(30) + TimeSpan.FromHours(1));

        (await Subject.Store.PurgeAsync(CancellationToken.None)).Done.ShouldBe(2);
    }

    private async Task GiveUpAfterAsync(TimeSpan wait)
    {
        await EnqueueAsync(Some.Envelope());
        _time.Advance(wait);
        for (int delivery = 0; delivery < 100; delivery++)
        {
            await using ServiceBusSessionReceiver session = await Subject.Client.AcceptNextSessionAsync(ServiceBusQueueUnderTest.QueueName);
            await session.AbandonMessageAsync(await session.ReceiveMessageAsync());
        }

        await Eventually.BecomesTrueAsync(() => Subject.Double.DeadLetterCount == 1);
    }

    private async Task DeadLetterAsync(EventEnvelope envelope)
    {
        await EnqueueAsync(envelope);
        await using IPartitionLease lease = await Subject.Receiver.ReceiveAsync(Lane.Live, 1, CancellationToken.None);
        await lease.SettleAsync(lease.Events[0], Some.Attempt(Some.DeadLetter()) with { At = _time.GetUtcNow() });
    }
}
