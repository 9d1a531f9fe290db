using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.ServiceBus.Receiving;
using CustomerIoDestination.QueueContract;
using CustomerIoDestination.Queueing;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceBusDouble;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;

/// <summary>A broker of its own with the queue as it is deployed, and everything of this library over the real client.</summary>
internal sealed class ServiceBusQueueUnderTest : IQueueUnderTest
{
    public const string QueueName = "freshpaint-events";

    private readonly SessionExchange _exchange;

    public ServiceBusQueueUnderTest(Func<QueueDefinition, QueueDefinition>? change = null, TimeProvider? time = null)
    {
        Clock = time ?? TimeProvider.System;
        QueueDefinition definition = new(QueueName)
        {
            RequiresSession = true,
            MaxDeliveryCount = 100,
            DefaultTimeToLive = TimeSpan.FromDays(14),
            DuplicateDetectionWindow = TimeSpan.FromDays(7),
            DeadLetteringOnMessageExpiration = true,
        };
        Broker = BrokerDouble.Start(change?.Invoke(definition) ?? definition, Clock);
        Connection = QueueConnection.Open(
            new ServiceBusSettings { ConnectionString = new Secret(Broker.ConnectionString), QueueName = QueueName }, QueueConnection.HostIdentity());
        EventsInHand inHand = new();
        EventSettling settling = new(Log, NullLogger<EventSettling>.Instance);
        SessionAccepting accepting = new(Connection, settling, Clock, NullLogger<SessionAccepting>.Instance);
        _exchange = new SessionExchange(accepting, Clock, NullLogger<SessionExchange>.Instance);
        ServiceBusQueue = new ServiceBusEventQueue(Connection, inHand, TimeSpan.Zero, Clock, NullLogger<ServiceBusEventQueue>.Instance);
        Receiver = new ServiceBusEventReceiver(_exchange, settling, inHand);
        Store = new ServiceBusDeadLetterStore(Connection, ServiceBusQueue, settling, Log, new DeadLetterSettings(), Clock);
    }

    public BrokerDouble Broker { get; }

    public QueueDouble Double => Broker[QueueName];

    public QueueConnection Connection { get; }

    public ServiceBusClient Client => Connection.Client;

    public ServiceBusEventQueue ServiceBusQueue { get; }

    public ServiceBusDeadLetterStore Store { get; }

    public IEventQueue Queue => ServiceBusQueue;

    public IEventReceiver Receiver { get; }

    public IDeadLetterStore DeadLetters => Store;

    public RecordedLog Log { get; } = new();

    IDeliveryLog IQueueUnderTest.Log => Log;

    public TimeProvider Clock { get; }

    public int MaxRun => 1;

    public async ValueTask DisposeAsync()
    {
        await _exchange.DisposeAsync();
        Store.Dispose();
        await Connection.DisposeAsync();
        await Broker.DisposeAsync();
    }
}
