using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

/// <summary>The message handler under a session processor set up as host.json sets up the trigger's.</summary>
public sealed class SessionTriggerTests : BrokerTests
{
    private readonly ConcurrentQueue<ReceivedEvent> _delivered = new();
    private Func<ReceivedEvent, Settlement> _decide = static _ => Settlement.Complete.Instance;

    public SessionTriggerTests()
        : base(new ServiceBusQueueUnderTest())
    {
    }

    [Fact]
    public async Task A_released_event_comes_again_first_with_its_failures_and_counts_no_delivery()
    {
        FailureHistory failures = new(3, Some.Time);
        EventEnvelope[] sent = [.. Enumerable.Range(0, 5).Select(number => Some.Envelope(number))];
        _decide = received => received.Envelope.EventId == sent[1].EventId && received.History == FailureHistory.None
            ? new Settlement.Release(failures)
            : Settlement.Complete.Instance;
        await EnqueueAsync(sent);

        await RunAsync(() => Subject.Double.ActiveCount == 0);

        _delivered.Select(received => received.Envelope.EventId).ShouldBe([.. new[] { 0, 1, 1, 2, 3, 4 }.Select(number => sent[number].EventId)]);
        _delivered.Select(received => received.History).ShouldBe([default, default, failures, default, default, default]);
        Subject.Double.SessionState("l-07").GetValueOrDefault().Length.ShouldBe(0);
    }

    [Fact]
    public async Task An_event_released_over_and_over_never_burns_its_delivery_count()
    {
        int deliveries = 0;
        _decide = _ => ++deliveries < 20 ? new Settlement.Release(FailureHistory.None) : Settlement.Complete.Instance;
        await EnqueueAsync(Some.Envelope());

        await RunAsync(() => deliveries >= 10);
        int? counted = Subject.Double.Messages is [var waiting] ? waiting.DeliveryCount : null;
        await RunAsync(() => Subject.Double.ActiveCount == 0);

        (counted ?? 0).ShouldBe(0);
        Subject.Double.DeadLetterCount.ShouldBe(0);
    }

    [Fact]
    public async Task Dead_letters_are_written_as_the_store_reads_them()
    {
        _decide = _ => Some.DeadLetter(DeadLetterReason.LimitExceeded, "traits.bio: 1,400 bytes, limit 1,000");
        await EnqueueAsync(Some.Envelope());

        await RunAsync(() => Subject.Double.DeadLetterCount == 1);

        DeadLetter deadLetter = (await Subject.Store.ListAsync(new DeadLetterQuery(null, 10, null), CancellationToken.None)).Items.ShouldHaveSingleItem();
        (deadLetter.Reason, deadLetter.Attempts, deadLetter.Kind, deadLetter.DeadLetteredAt).ShouldBe((DeadLetterReason.LimitExceeded, 2, "track", Some.Time));
        deadLetter.Description.ShouldBe("traits.bio: 1,400 bytes, limit 1,000");
    }

    [Fact]
    public async Task A_lost_session_delivers_its_event_again_and_nothing_is_lost()
    {
        EventEnvelope[] sent = [.. Enumerable.Range(0, 3).Select(number => Some.Envelope(number))];
        _decide = received =>
        {
            if (_delivered.Count == 1)
            {
                Subject.Double.DetachReceivers();
            }

            return Settlement.Complete.Instance;
        };
        await EnqueueAsync(sent);

        await RunAsync(() => Subject.Double.ActiveCount == 0);

        _delivered.Select(received => received.Envelope.EventId).Distinct().ShouldBe(sent.Select(envelope => envelope.EventId));
    }

    private async Task RunAsync(Func<bool> isDone)
    {
        ServiceBusMessageHandler handler = new(
            (received, _, _) =>
            {
                _delivered.Enqueue(received);
                return Task.FromResult(Some.Attempt(_decide(received), attempts: 2));
            },
            new EventSettling(Subject.Log, NullLogger<EventSettling>.Instance),
            new EventsInHand(),
            TimeProvider.System,
            NullLogger<ServiceBusMessageHandler>.Instance);
        await using ServiceBusSessionProcessor processor = Subject.Client.CreateSessionProcessor(ServiceBusQueueUnderTest.QueueName, new ServiceBusSessionProcessorOptions
        {
            AutoCompleteMessages = false,
            MaxConcurrentCallsPerSession = 1,
            SessionIdleTimeout = TimeSpan.FromSeconds(1),
        });
        processor.ProcessMessageAsync += args => handler.HandleAsync(args.Message, new TriggerSettlement(args), args.CancellationToken);
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync();
        await Eventually.BecomesTrueAsync(isDone);
        await processor.StopProcessingAsync();
    }
}
