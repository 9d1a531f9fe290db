using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Time.Testing;
using ServiceBusDouble.Faults;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

/// <summary>What becomes of an event when the broker refuses something on its way, over the real client.</summary>
public sealed class BrokerFaultTests : BrokerTests
{
    private readonly FakeTimeProvider _time;

    public BrokerFaultTests()
        : this(new FakeTimeProvider(Some.Now))
    {
    }

    private BrokerFaultTests(FakeTimeProvider time)
        : base(new ServiceBusQueueUnderTest(time: time)) => _time = time;

    [Theory]
    [InlineData(BrokerOperation.AcceptSession)]
    [InlineData(BrokerOperation.GetSessionState)]
    public async Task An_event_that_could_not_be_received_is_received_later(BrokerOperation operation)
    {
        await EnqueueAsync(Some.Envelope());
        // More than the client itself repeats.
        Subject.Double.Fail(operation, OperationFault.Unauthorized, times: 5);

        await using IPartitionLease lease = await ReceiveAsync();

        lease.Events[0].Envelope.EventId.ShouldBe(Some.Envelope().EventId);
        Subject.Double.Messages.ShouldHaveSingleItem().DeliveryCount.ShouldBe(0);
    }

    [Theory]
    [InlineData(OperationFault.LockLost)]
    [InlineData(OperationFault.Unauthorized)]
    public async Task An_event_that_could_not_be_settled_comes_again_before_any_later_one(OperationFault fault)
    {
        await EnqueueAsync(Some.Envelope(1), Some.Envelope(2));
        IPartitionLease first = await ReceiveAsync();
        Subject.Double.Fail(BrokerOperation.Settle, fault);

        await SettleAsync(first, Settlement.Complete.Delivered);
        await first.DisposeAsync();
        await using IPartitionLease again = await ReceiveAsync();

        again.Events[0].Envelope.EventId.ShouldBe(Some.Envelope(1).EventId);
        Subject.Log.Entries.ShouldNotContain(entry => entry.Step == EventStep.Delivery, "what was not settled is not told as ended");
    }

    [Fact]
    public async Task A_release_whose_failures_could_not_be_written_gives_the_event_back_all_the_same()
    {
        await EnqueueAsync(Some.Envelope());
        IPartitionLease first = await ReceiveAsync();
        Subject.Double.Fail(BrokerOperation.SetSessionState, OperationFault.Unauthorized, times: 10);

        await SettleAsync(first, new Settlement.Release("http_503", new FailureHistory(3, Some.Now)));
        await first.DisposeAsync();
        await using IPartitionLease again = await ReceiveAsync();

        again.Events[0].History.ShouldBe(FailureHistory.None);
    }

    [Fact]
    public async Task An_event_whose_session_nobody_lets_us_renew_is_lost_to_us_and_comes_again()
    {
        await EnqueueAsync(Some.Envelope());
        IPartitionLease lost = await ReceiveAsync();
        Subject.Double.Fail(BrokerOperation.RenewSession, OperationFault.Unauthorized, times: 1_000);

        await Eventually.BecomesTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return lost.Lost.IsCancellationRequested;
        });
        await lost.DisposeAsync();
        Subject.Double.ClearFaults();

        await using IPartitionLease again = await ReceiveAsync();
        again.Events[0].Envelope.EventId.ShouldBe(Some.Envelope().EventId);
    }

    [Fact]
    public async Task A_queue_that_lets_nobody_look_is_not_shown_as_empty()
    {
        await EnqueueAsync(Some.Envelope());
        Subject.Double.Fail(BrokerOperation.Peek, OperationFault.Unauthorized, times: 100);

        (await Subject.Queue.GetStatusAsync(CancellationToken.None)).ShouldBeNull();
        (await Subject.Queue.GetHealthAsync(CancellationToken.None)).ShouldBe(QueueHealth.Unreachable);
        Subject.Double.ClearFaults();
        (await Subject.Queue.GetStatusAsync(CancellationToken.None)).ShouldNotBeNull().Ready.ShouldBe(1);
    }

    [Fact]
    public async Task A_dead_letter_that_could_not_be_removed_is_there_for_the_next_pass()
    {
        await EnqueueAsync([.. Enumerable.Range(0, 3).Select(number => Some.Envelope(number))]);
        _time.Advance(TimeSpan.FromDays(15));
        await Eventually.BecomesTrueAsync(() => Subject.Double.DeadLetterCount == 3);
        Subject.Double.Fail(BrokerOperation.Settle, OperationFault.LockLost);

        DeadLetterPass first = await Subject.Store.DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(2));
        DeadLetterPass second = await Subject.Store.DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);

        (first.Done, second.Done).ShouldBe((2, 1));
    }

    private async Task<IPartitionLease> ReceiveAsync()
    {
        Task<IPartitionLease> receiving = Subject.Receiver.ReceiveAsync(Lane.Live, 1, CancellationToken.None);
        await PassUntilAsync(receiving);
        return await receiving;
    }

    private Task SettleAsync(IPartitionLease lease, Settlement settlement) => PassUntilAsync(lease.SettleAsync(lease.Events[0], Some.Attempt(settlement)));

    // The clock moves on for the pauses between two tries.
    private Task PassUntilAsync(Task ended) => Eventually.BecomesTrueAsync(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(0.1));
        return ended.IsCompleted;
    });
}
