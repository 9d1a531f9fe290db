using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceBusDouble.Faults;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Sending;

/// <summary>A throttled namespace, as the real client meets it: after one 'server busy' it lies low for ten seconds.</summary>
public sealed class BusyBrokerTests : BrokerTests
{
    private readonly CountingTime _time = new();

    public BusyBrokerTests()
        : base(new ServiceBusQueueUnderTest())
    {
    }

    [Fact]
    public async Task A_busy_broker_is_waited_for_as_long_as_a_request_may_take_and_then_named()
    {
        // Tries that are short in real time: the patience is on the clock of the test.
        ServiceBusRetryOptions quick = new() { MaxRetries = 0, TryTimeout = TimeSpan.FromMilliseconds(500) };
        await using ServiceBusClient client = new(Subject.Broker.ConnectionString, new ServiceBusClientOptions { RetryOptions = quick });
        ServiceBusEventQueue queue = new(
            new QueueConnection(client, ServiceBusQueueUnderTest.QueueName, null),
            new EventsInHand(),
            static _ => Task.FromResult(default(InHand)),
            static _ => Task.FromResult<RetentionPause?>(null),
            ServiceBusEventQueue.LookHolds,
            _time,
            NullLogger<ServiceBusEventQueue>.Instance);
        Subject.Double.FailSends(new SendFault.ServerBusy(), times: 100);

        int seen = _time.Waits + 1;
        DateTimeOffset start = _time.GetUtcNow();
        Task<EnqueueResult> sending = queue.EnqueueAsync([Some.Envelope()], CancellationToken.None);
        await Eventually.BecomesTrueAsync(() =>
        {
            if (_time.Waits > seen)
            {
                seen = _time.Waits;
                _time.Advance(TimeSpan.FromSeconds(2));
            }

            return sending.IsCompleted;
        });

        (await sending).ShouldBe(new EnqueueResult.Unavailable("queue_busy", TimeSpan.FromSeconds(10)));
        (_time.GetUtcNow() - start).ShouldBeInRange(TimeSpan.FromSeconds(24), TimeSpan.FromSeconds(28));
        Subject.Double.ActiveCount.ShouldBe(0);
    }
}
