namespace CustomerIoDestination.Settings;

/// <summary>Which queue holds the events.</summary>
public enum QueueKind
{
    /// <summary>The embedded queue, a file.</summary>
    Sqlite,

    /// <summary>Azure Service Bus.</summary>
    ServiceBus,
}

/// <summary>The queue.</summary>
public sealed record QueueSettings
{
    /// <summary>Which queue.</summary>
    public QueueKind Kind { get; init; } = QueueKind.Sqlite;

    /// <summary>The embedded queue's file.</summary>
    public string Path { get; init; } = "data/queue.db";

    /// <summary>How many bytes of memory the embedded queue's duplicate detection takes: for the newest ids, and for pages of the others' index.</summary>
    public int SeenMemory { get; init; } = 64 * 1024 * 1024;
}

/// <summary>How the broker is reached.</summary>
public enum BrokerTransport
{
    /// <summary>AMQP over TLS, ports 5671 and 5672.</summary>
    AmqpTcp,

    /// <summary>AMQP over web sockets, port 443.</summary>
    AmqpWebSockets,
}

/// <summary>The Service Bus queue. The namespace is reached with a connection string, or by name with the identity the host runs under.</summary>
public sealed record ServiceBusSettings
{
    /// <summary>The connection string; null where the identity is used.</summary>
    public Secret? ConnectionString { get; init; }

    /// <summary>The namespace's host name, for instance <c>example.servicebus.windows.net</c>; null where there is a connection string.</summary>
    public string? FullyQualifiedNamespace { get; init; }

    /// <summary>The queue: with sessions and duplicate detection.</summary>
    public string QueueName { get; init; } = "freshpaint-events";

    /// <summary>How the namespace is reached. The Functions trigger has a switch of its own, in <c>host.json</c>.</summary>
    public BrokerTransport TransportType { get; init; } = BrokerTransport.AmqpTcp;

    /// <summary>Whether the namespace is an emulator on a developer's machine.</summary>
    public bool IsEmulator => ConnectionString?.Reveal().Contains("UseDevelopmentEmulator=true", StringComparison.OrdinalIgnoreCase) ?? false;
}

/// <summary>The sandbox the local host starts when no site id is configured.</summary>
public sealed record SandboxSettings
{
    /// <summary>
    /// Whether it is started; null for only where no real event can come: without keys and secrets, listening on this machine alone. What goes to it is forgotten
    /// at exit.
    /// </summary>
    public bool? Enabled { get; init; }

    /// <summary>Its port on 127.0.0.1; 0 for any free one.</summary>
    public int Port { get; init; } = 7072;

    /// <summary>The only site id it takes; null for any.</summary>
    public string? SiteId { get; init; }

    /// <summary>The only API key it takes; null for any.</summary>
    public Secret? ApiKey { get; init; }
}

/// <summary>The dead letters.</summary>
public sealed record DeadLetterSettings
{
    /// <summary>How long they are kept.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);
}
