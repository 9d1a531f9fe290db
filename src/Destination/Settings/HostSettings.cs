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
}

/// <summary>The sandbox the local host starts when no site id is configured.</summary>
public sealed record SandboxSettings
{
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
