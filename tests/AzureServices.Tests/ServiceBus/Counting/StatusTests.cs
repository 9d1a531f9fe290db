using Azure;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Counting;

/// <summary>What the queue says of itself, with and without the broker's own counts.</summary>
public sealed class StatusTests : BrokerTests
{
    private readonly FakeTimeProvider _time = new(Some.Now);
    private readonly Mock<ServiceBusAdministrationClient> _administration = new();
    private readonly EventsInHand _inHand = new();
    private readonly ServiceBusEventQueue _queue;
    private InHand _elsewhere;

    /// <summary>No right, and what the client throws when no answer came within its own patience.</summary>
    public static TheoryData<Exception> Silences { get; } = [new UnauthorizedAccessException(), new TaskCanceledException()];

    public StatusTests()
        : base(new ServiceBusQueueUnderTest())
    {
        QueueConnection counted = new(Subject.Client, ServiceBusQueueUnderTest.QueueName, _administration.Object);
        _queue = Queue(counted, _time);
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
    public async Task Messages_deeper_than_the_look_are_counted_by_lane_as_those_it_saw()
    {
        Counts(active: 1_000, dead: 0);
        await EnqueueAsync([.. Enumerable.Range(0, 120).Select(number => Some.Envelope(number, new Partition(number % 4 == 0 ? Lane.Import : Lane.Live, 1)))]);

        QueueStatus status = await StatusAsync();

        (status.Live.Ready, status.Import.Ready).ShouldBe((750, 250));
    }

    [Fact]
    public async Task Events_that_any_process_holds_are_in_delivery_and_not_ready()
    {
        Counts(active: 4, dead: 0);
        await EnqueueAsync(Some.Envelope(1), Some.Envelope(2), Some.Envelope(3), Some.Envelope(4, new Partition(Lane.Import, 1)));
        _inHand.Add(Lane.Live, 1);
        _elsewhere = new InHand(Live: 1, Import: 1);

        QueueStatus status = await StatusAsync();

        (status.Live.InDelivery, status.Live.Ready).ShouldBe((2, 1));
        (status.Import.InDelivery, status.Import.Ready).ShouldBe((1, 0));
    }

    [Fact]
    public async Task An_answer_holds_for_a_moment()
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
    public async Task Any_number_of_callers_costs_the_broker_one_look()
    {
        Counts(active: 120, dead: 0);
        await EnqueueAsync([.. Enumerable.Range(0, 120).Select(number => Some.Envelope(number))]);
        int before = Subject.Double.Looks;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => StatusAsync()));

        Asked(1);
        (Subject.Double.Looks - before).ShouldBe(100);
    }

    [Fact]
    public async Task Any_number_of_health_checks_costs_the_broker_a_look_at_one_message()
    {
        await EnqueueAsync([.. Enumerable.Range(0, 120).Select(number => Some.Envelope(number))]);
        int before = Subject.Double.Looks;

        QueueHealth[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _queue.GetHealthAsync(CancellationToken.None)));

        answers.ShouldAllBe(health => health == QueueHealth.Taking);
        Asked(0);
        (Subject.Double.Looks - before).ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(6));
        await _queue.GetHealthAsync(CancellationToken.None);
        (Subject.Double.Looks - before).ShouldBe(2);
    }

    [Fact]
    public async Task A_caller_who_gives_up_takes_nobody_elses_answer_away()
    {
        TaskCompletionSource answer = new();
        _administration.Setup(administration => administration.GetQueueRuntimePropertiesAsync(It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .Returns(async () =>
            {
                await answer.Task;
                throw new UnauthorizedAccessException();
            });
        using CancellationTokenSource impatient = new();
        Task<QueueStatus?> first = _queue.GetStatusAsync(impatient.Token);
        Task<QueueStatus> second = StatusAsync();

        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        answer.SetResult();

        (await second).Ready.ShouldBe(0);
        Asked(1);
    }

    [Theory]
    [MemberData(nameof(Silences), DisableDiscoveryEnumeration = true)]
    public async Task Where_the_broker_does_not_say_messages_are_counted_and_it_is_asked_again_later(Exception failure)
    {
        _administration.Setup(administration => administration.GetQueueRuntimePropertiesAsync(It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(failure);
        await EnqueueAsync(Some.Envelope(1), Some.Envelope(2));

        (await StatusAsync()).Ready.ShouldBe(2);
        _time.Advance(TimeSpan.FromMinutes(1));
        (await StatusAsync()).Ready.ShouldBe(2);
        Asked(1);
        _time.Advance(TimeSpan.FromMinutes(6));
        await StatusAsync();
        Asked(2);
    }

    [Fact]
    public async Task Of_a_broker_that_is_gone_nothing_is_known()
    {
        Counts(active: 0, dead: 0);
        (await StatusAsync()).CanEnqueue.ShouldBeTrue();
        (await _queue.GetHealthAsync(CancellationToken.None)).ShouldBe(QueueHealth.Taking);
        await Subject.Connection.DisposeAsync();
        await Subject.Broker.DisposeAsync();
        await using ServiceBusClient nobody = new(Subject.Broker.ConnectionString, new ServiceBusClientOptions { RetryOptions = new ServiceBusRetryOptions { MaxRetries = 0 } });
        ServiceBusEventQueue queue = Queue(new QueueConnection(nobody, ServiceBusQueueUnderTest.QueueName, null), TimeProvider.System);

        (await queue.GetStatusAsync(CancellationToken.None)).ShouldBeNull();
        (await queue.GetHealthAsync(CancellationToken.None)).ShouldBe(QueueHealth.Unreachable);
    }

    private ServiceBusEventQueue Queue(QueueConnection connection, TimeProvider time) => new(
        connection,
        _inHand,
        _ => Task.FromResult(_elsewhere),
        static _ => Task.FromResult<RetentionPause?>(null),
        ServiceBusEventQueue.LookHolds,
        time,
        NullLogger<ServiceBusEventQueue>.Instance);

    private async Task<QueueStatus> StatusAsync() => (await _queue.GetStatusAsync(CancellationToken.None)).ShouldNotBeNull();

    private void Counts(long active, long dead) => _administration
        .Setup(administration => administration.GetQueueRuntimePropertiesAsync(ServiceBusQueueUnderTest.QueueName, It.IsAny<CancellationToken>()))
        .ReturnsAsync(Response.FromValue(
            ServiceBusModelFactory.QueueRuntimeProperties(ServiceBusQueueUnderTest.QueueName, activeMessageCount: active, deadLetterMessageCount: dead),
            Mock.Of<Response>()));

    private void Asked(int times) => _administration.Verify(
        administration => administration.GetQueueRuntimePropertiesAsync(It.IsAny<string>(), It.IsAny<CancellationToken>()), Times.Exactly(times));
}
