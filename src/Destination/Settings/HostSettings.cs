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
    [WholeNumber(1024 * 1024, 1024 * 1024 * 1024)]
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
    [SettingName("ServiceBus")]
    public Secret? ConnectionString { get; init; }

    /// <summary>The namespace's host name, for instance <c>example.servicebus.windows.net</c>; null where there is a connection string.</summary>
    [HostName]
    [SettingName("ServiceBus__fullyQualifiedNamespace")]
    public string? FullyQualifiedNamespace { get; init; }

    /// <summary>The queue: with sessions and duplicate detection.</summary>
    [SettingName("ServiceBusQueueName")]
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
    [WholeNumber(0, 65_535)]
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
    [TimeSpanWithin("01:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);
}

/// <summary>Where processes share the rate: blob storage, with a connection string (the emulator), or by address with the host's identity.</summary>
public sealed record RateShareSettings
{
    /// <summary>The connection string; null where the identity is used.</summary>
    [SettingName("RateShare")]
    public Secret? ConnectionString { get; init; }

    /// <summary>The address of the blob service; null where there is a connection string.</summary>
    [SettingName("RateShare__blobServiceUri")]
    public Uri? BlobServiceUri { get; init; }

    /// <summary>Whether anything says where it is.</summary>
    public bool IsConfigured => ConnectionString is not null || BlobServiceUri is not null;
}

/// <summary>Where the delivery log and the state lie: table storage, with a connection string (the emulator), or by address with the host's identity.</summary>
public sealed record DeliveryLogSettings
{
    /// <summary>The connection string; null where the identity is used.</summary>
    [SettingName("DeliveryLog")]
    public Secret? ConnectionString { get; init; }

    /// <summary>The address of the table service; null where there is a connection string.</summary>
    [SettingName("DeliveryLog__tableServiceUri")]
    public Uri? TableServiceUri { get; init; }

    /// <summary>Whether anything says where it is.</summary>
    public bool IsConfigured => ConnectionString is not null || TableServiceUri is not null;
}

/// <summary>The rules.</summary>
public sealed record RulesSettings
{
    /// <summary>The file; null for <c>destination.json</c> in the working directory or beside the application, if there is one.</summary>
    public string? Path { get; init; }

    /// <summary>The secret of the operation <c>hashProperty</c>; null when it is not used.</summary>
    [SecretLength(AdminSettings.MinimumKeyLength)]
    public Secret? HashSecret { get; init; }
}

/// <summary>What is told of deliveries, where a host sends telemetry.</summary>
public sealed record TelemetrySettings
{
    /// <summary>The share of traces kept in which nothing failed, 0 to 1. Failures are kept whatever it is, and metrics count everything.</summary>
    [Share]
    public double SuccessSampling { get; init; } = 0.1;
}

/// <summary>A value that must never be seen: it prints as <c>***</c> everywhere, in logs, debuggers' strings and error messages.</summary>
public sealed class Secret(string value) : IEquatable<Secret>
{
    /// <summary>The value itself, for the one place that needs it.</summary>
    public string Reveal() => value;

    /// <inheritdoc/>
    public bool Equals(Secret? other) => other is not null && string.Equals(value, other.Reveal(), StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => "***";
}
