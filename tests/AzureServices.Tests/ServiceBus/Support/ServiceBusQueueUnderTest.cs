using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.Ports;
using CustomerIoDestination.QueueContract;
using Microsoft.Extensions.Time.Testing;
using ServiceBusDouble;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;

/// <summary>A broker of its own with the queue as it is deployed, and everything of this library over the real client.</summary>
internal sealed class ServiceBusQueueUnderTest : IReopenableQueue, IQueueInFakeTime
{
    public const string QueueName = "freshpaint-events";

    private readonly TableLog? _tables;
    private ConnectedQueue _process;

    /// <param name="change">What is different from the deployed queue.</param>
    /// <param name="time">The clock that broker and library share; null for the real one.</param>
    /// <param name="tables">The delivery log, disposed of with this; null for one that only remembers.</param>
    public ServiceBusQueueUnderTest(Func<QueueDefinition, QueueDefinition>? change = null, TimeProvider? time = null, TableLog? tables = null)
    {
        Clock = time ?? TimeProvider.System;
        _tables = tables;
        QueueDefinition definition = new(QueueName)
        {
            RequiresSession = true,
            MaxDeliveryCount = 100,
            DefaultTimeToLive = TimeSpan.FromDays(14),
            DuplicateDetectionWindow = TimeSpan.FromDays(7),
            DeadLetteringOnMessageExpiration = true,
        };
        Broker = BrokerDouble.Start(change?.Invoke(definition) ?? definition, Clock);
        _process = Connect();
    }

    public BrokerDouble Broker { get; }

    public QueueDouble Double => Broker[QueueName];

    public QueueConnection Connection => _process.Connection;

    public ServiceBusClient Client => Connection.Client;

    public ServiceBusEventQueue ServiceBusQueue => _process.ServiceBusQueue;

    public ServiceBusDeadLetterStore Store => _process.Store;

    public ConnectedQueue Process => _process;

    public IEventQueue Queue => _process.Queue;

    public IEventReceiver Receiver => _process.Receiver;

    public IDeadLetterStore DeadLetters => Store;

    public RecordedLog Log { get; } = new();

    IDeliveryLog IQueueUnderTest.Log => DeliveryLog;

    public TimeProvider Clock { get; }

    public int MaxRun => 1;

    private IDeliveryLog DeliveryLog => _tables is null ? Log : _tables;

    public async Task ReopenAsync()
    {
        await _process.DisposeAsync();
        _process = Connect();
    }

    public async Task AdvanceAsync(TimeSpan by)
    {
        ((FakeTimeProvider)Clock).Advance(by);
        await Store.PurgeAsync(CancellationToken.None);
        if (_tables is not null)
        {
            await _tables.DropExpiredAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await Broker.DisposeAsync();
        _tables?.Dispose();
    }

    private ConnectedQueue Connect() => new(Broker.ConnectionString, QueueName, DeliveryLog, Clock);
}
