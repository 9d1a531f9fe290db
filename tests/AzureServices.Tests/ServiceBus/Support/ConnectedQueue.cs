using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.ServiceBus.Sending;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;

/// <summary>Everything of this library that one process has over its connection.</summary>
internal sealed class ConnectedQueue : IAsyncDisposable
{
    private readonly ProcessorReceiver _receiver;

    public ConnectedQueue(string connectionString, string queueName, IDeliveryLog log, TimeProvider time)
    {
        Connection = QueueConnection.Open(new ServiceBusSettings { ConnectionString = new Secret(connectionString), QueueName = queueName }, QueueConnection.HostIdentity());
        EventsInHand inHand = new();
        ServiceBusQueue = new ServiceBusEventQueue(Connection, inHand, static _ => Task.FromResult(default(InHand)), token => Retention!.ReadPauseAsync(token), TimeSpan.Zero, time, NullLogger<ServiceBusEventQueue>.Instance);
        EventSettling settling = new(ServiceBusQueue, log, NullLogger<EventSettling>.Instance);
        Queue = new LoggedEventQueue(ServiceBusQueue, log, settling);
        _receiver = new ProcessorReceiver(Connection.Client, queueName, settling, inHand, time);
        DeadLetterSettings settings = new();
        SteadyClock = new SteadyClock(time);
        Store = new ServiceBusDeadLetterStore(Connection, ServiceBusQueue, settling, log, settings, SteadyClock, time);
        Retention = new DeadLetterRetention(Store, settings, SteadyClock, Logger);
    }

    public QueueConnection Connection { get; }

    public ServiceBusEventQueue ServiceBusQueue { get; }

    public IEventQueue Queue { get; }

    public IEventReceiver Receiver => _receiver;

    public ServiceBusDeadLetterStore Store { get; }

    public SteadyClock SteadyClock { get; }

    public DeadLetterRetention Retention { get; }

    public FakeLogger<DeadLetterRetention> Logger { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        Store.Dispose();
        await Connection.DisposeAsync();
    }
}
