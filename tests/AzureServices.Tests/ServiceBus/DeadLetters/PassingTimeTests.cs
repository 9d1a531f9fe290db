using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Queueing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.DeadLetters;

/// <summary>What happens as days go by, on a clock that broker and library share.</summary>
public sealed class PassingTimeTests : BrokerTests
{
    private readonly FakeTimeProvider _time;

    public PassingTimeTests()
        : this(new FakeTimeProvider(Some.Time))
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
        (await Subject.Store.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, CancellationToken.None)).Done.ShouldBe(1);
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

    private async Task DeadLetterAsync(EventEnvelope envelope)
    {
        await EnqueueAsync(envelope);
        await using IPartitionLease lease = await Subject.Receiver.ReceiveAsync(Lane.Live, 1, CancellationToken.None);
        await lease.SettleAsync(lease.Events[0], Some.Attempt(Some.DeadLetter()) with { At = _time.GetUtcNow() });
    }
}
