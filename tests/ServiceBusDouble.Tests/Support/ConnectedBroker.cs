using Azure.Messaging.ServiceBus;

namespace ServiceBusDouble.Tests.Support;

/// <summary>A broker with one queue and the real client connected to it, which gives up soon and does not try again by itself.</summary>
internal sealed class ConnectedBroker : IAsyncDisposable
{
    public const string QueueName = "events";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Long enough for what is there to arrive on a busy machine, short enough to wait for what is not.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    public ConnectedBroker(QueueDefinition definition, TimeProvider? time = null)
    {
        Broker = BrokerDouble.Start(definition, time ?? TimeProvider.System);
        Client = Connect();
        Sender = Client.CreateSender(QueueName);
    }

    public BrokerDouble Broker { get; }

    public QueueDouble Queue => Broker[QueueName];

    public ServiceBusClient Client { get; }

    public ServiceBusSender Sender { get; }

    public static ConnectedBroker WithoutSessions(Func<QueueDefinition, QueueDefinition>? change = null, TimeProvider? time = null) =>
        new((change ?? (definition => definition))(new QueueDefinition(QueueName)), time);

    public static ConnectedBroker WithSessions(Func<QueueDefinition, QueueDefinition>? change = null, TimeProvider? time = null) =>
        WithoutSessions(definition => (change ?? (same => same))(definition) with { RequiresSession = true }, time);

    /// <summary>Another client, as another process would be.</summary>
    public ServiceBusClient Connect(TimeSpan? tryTimeout = null, int retries = 0) => new(Broker.ConnectionString, new ServiceBusClientOptions
    {
        RetryOptions = new ServiceBusRetryOptions { TryTimeout = tryTimeout ?? Patience, MaxRetries = retries, Delay = TimeSpan.FromMilliseconds(10) },
    });

    public ServiceBusReceiver Receiver(ServiceBusReceiveMode mode = ServiceBusReceiveMode.PeekLock) =>
        Client.CreateReceiver(QueueName, new ServiceBusReceiverOptions { ReceiveMode = mode });

    public ServiceBusReceiver DeadLetterReceiver() => Client.CreateReceiver(QueueName, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Broker.DisposeAsync();
    }
}
