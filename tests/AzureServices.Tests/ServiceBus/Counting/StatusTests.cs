using Azure;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Queueing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Counting;

/// <summary>What the queue says of itself, with and without the broker's own counts.</summary>
public sealed class StatusTests : BrokerTests
{
    private readonly FakeTimeProvider _time = new(Some.Time);
    private readonly Mock<ServiceBusAdministrationClient> _administration = new();
    private readonly ServiceBusEventQueue _queue;

    public StatusTests()
        : base(new ServiceBusQueueUnderTest())
    {
        QueueConnection counted = new(Subject.Client, ServiceBusQueueUnderTest.QueueName, _administration.Object);
        _queue = new ServiceBusEventQueue(counted, new EventsInHand(), _time, NullLogger<ServiceBusEventQueue>.Instance);
    }

    [Fact]
    public async Task The_broker_counts_where_it_may_be_asked()
    {
        Counts(active: 3, dead: 42);
        await EnqueueAsync(Some.Envelope(1), Some.Envelope(2), Some.Envelope(3, new Partition(Lane.Import, 1)));

        QueueStatus status = await StatusAsync();

        (status.Live.Ready, status.Import.Ready, status.DeadLettered).ShouldBe((2, 1, 42));
    }

    [Fact]
    public async Task What_lies_deeper_than_the_look_is_taken_to_be_mixed_like_it()
    {
        Counts(active: 1_000, dead: 0);
        await EnqueueAsync([.. Enumerable.Range(0, 120).Select(number => Some.Envelope(number, new Partition(number % 4 == 0 ? Lane.Import : Lane.Live, 1)))]);

        QueueStatus status = await StatusAsync();

        (status.Live.Ready, status.Import.Ready).ShouldBe((750, 250));
    }

    [Fact]
    public async Task Of_a_deep_queue_an_answer_holds_for_a_moment()
    {
        Counts(active: 1_000, dead: 0);
        await EnqueueAsync([.. Enumerable.Range(0, 120).Select(number => Some.Envelope(number))]);
        await StatusAsync();
        Counts(active: 2_000, dead: 0);

        long soon = (await StatusAsync()).Ready;
        _time.Advance(TimeSpan.FromSeconds(6));

        soon.ShouldBe(1_000);
        (await StatusAsync()).Ready.ShouldBe(2_000);
    }

    [Fact]
    public async Task Without_the_right_to_ask_messages_are_counted_and_the_broker_is_asked_again_later()
    {
        _administration.Setup(administration => administration.GetQueueRuntimePropertiesAsync(It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new UnauthorizedAccessException());
        await EnqueueAsync(Some.Envelope(1), Some.Envelope(2));

        (await StatusAsync()).Ready.ShouldBe(2);
        (await StatusAsync()).Ready.ShouldBe(2);
        Asked(1);
        _time.Advance(TimeSpan.FromMinutes(6));
        await StatusAsync();
        Asked(2);
    }

    [Fact]
    public async Task A_broker_that_is_gone_takes_nothing()
    {
        Counts(active: 0, dead: 0);
        (await StatusAsync()).CanEnqueue.ShouldBeTrue();
        await Subject.Connection.DisposeAsync();
        await Subject.Broker.DisposeAsync();
        await using ServiceBusClient nobody = new(Subject.Broker.ConnectionString, new ServiceBusClientOptions { RetryOptions = new ServiceBusRetryOptions { MaxRetries = 0 } });
        ServiceBusEventQueue queue = new(
            new QueueConnection(nobody, ServiceBusQueueUnderTest.QueueName, null), new EventsInHand(), TimeProvider.System, NullLogger<ServiceBusEventQueue>.Instance);

        QueueStatus status = await queue.GetStatusAsync(CancellationToken.None);

        status.ShouldBe(new QueueStatus(false, LaneStatus.Empty, LaneStatus.Empty, 0));
    }

    private Task<QueueStatus> StatusAsync() => _queue.GetStatusAsync(CancellationToken.None);

    private void Counts(long active, long dead) => _administration
        .Setup(administration => administration.GetQueueRuntimePropertiesAsync(ServiceBusQueueUnderTest.QueueName, It.IsAny<CancellationToken>()))
        .ReturnsAsync(Response.FromValue(
            ServiceBusModelFactory.QueueRuntimeProperties(ServiceBusQueueUnderTest.QueueName, activeMessageCount: active, deadLetterMessageCount: dead),
            Mock.Of<Response>()));

    private void Asked(int times) => _administration.Verify(
        administration => administration.GetQueueRuntimePropertiesAsync(It.IsAny<string>(), It.IsAny<CancellationToken>()), Times.Exactly(times));
}
