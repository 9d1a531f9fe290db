using Azure.Core;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.AzureServices.ServiceBus.Connecting;

/// <summary>The connection to the namespace and what is made of it once for the whole process.</summary>
internal sealed class QueueConnection : IAsyncDisposable
{
    // One repetition hides a link that was moved. What takes longer is this library's to wait for, because it knows how long a request may take.
    // A try must outlast the ten seconds the client lies low after 'server busy'.
    private static readonly ServiceBusRetryOptions Retries = new()
    {
        Mode = ServiceBusRetryMode.Exponential,
        MaxRetries = 1,
        Delay = TimeSpan.FromMilliseconds(200),
        MaxDelay = TimeSpan.FromSeconds(1),
        TryTimeout = TimeSpan.FromSeconds(12),
    };

    /// <summary>Connects when the first operation needs it.</summary>
    /// <param name="client">The client; disposed of with this.</param>
    /// <param name="queueName">The queue.</param>
    /// <param name="administration">Counts messages where that is allowed; null where there is none (the emulator's listens elsewhere).</param>
    public QueueConnection(ServiceBusClient client, string queueName, ServiceBusAdministrationClient? administration)
    {
        Client = client;
        QueueName = queueName;
        Administration = administration;
        Sender = client.CreateSender(queueName);
        Browser = client.CreateReceiver(queueName);
        DeadLetterBrowser = client.CreateReceiver(queueName, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
    }

    public ServiceBusClient Client { get; }

    public string QueueName { get; }

    public ServiceBusAdministrationClient? Administration { get; }

    public ServiceBusSender Sender { get; }

    /// <summary>Peeks only: a queue with sessions is received from by session.</summary>
    public ServiceBusReceiver Browser { get; }

    /// <summary>Peeks only, so that nothing stays locked.</summary>
    public ServiceBusReceiver DeadLetterBrowser { get; }

    /// <summary>Reads the settings; nothing is sent yet.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="credential">The identity, where there is no connection string.</param>
    /// <exception cref="FormatException">The connection string is none.</exception>
    public static QueueConnection Open(ServiceBusSettings settings, TokenCredential credential)
    {
        ServiceBusClientOptions options = new()
        {
            RetryOptions = Retries,
            TransportType = settings.TransportType == BrokerTransport.AmqpWebSockets ? ServiceBusTransportType.AmqpWebSockets : ServiceBusTransportType.AmqpTcp,
        };
        ServiceBusAdministrationClientOptions administration = new() { Retry = { MaxRetries = 0, NetworkTimeout = TimeSpan.FromSeconds(3) } };
        if (settings.ConnectionString?.Reveal() is not { } connectionString)
        {
            return new QueueConnection(
                new ServiceBusClient(settings.FullyQualifiedNamespace, credential, options),
                settings.QueueName,
                new ServiceBusAdministrationClient(settings.FullyQualifiedNamespace, credential, administration));
        }

        bool isEmulator = connectionString.Contains("UseDevelopmentEmulator=true", StringComparison.OrdinalIgnoreCase);
        return new QueueConnection(
            new ServiceBusClient(connectionString, options),
            settings.QueueName,
            isEmulator ? null : new ServiceBusAdministrationClient(connectionString, administration));
    }

    /// <summary>The identity the host runs under; <c>AZURE_CLIENT_ID</c> chooses among several.</summary>
    public static TokenCredential HostIdentity() => new DefaultAzureCredential();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Client.DisposeAsync();
}
