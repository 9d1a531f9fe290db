using CustomerIoDestination.Model;
using Microsoft.Extensions.Options;

namespace CustomerIoDestination.Settings;

/// <summary>Everything that can be configured, read and checked once at start.</summary>
public sealed record DestinationSettings
{
    /// <summary>The workspace to deliver to.</summary>
    public CustomerIoSettings CustomerIo { get; init; } = new();

    /// <summary>How events are delivered.</summary>
    [ValidateObjectMembers]
    public DeliverySettings Delivery { get; init; } = new();

    /// <summary>How events become requests.</summary>
    [ValidateObjectMembers]
    public MappingSettings Mapping { get; init; } = new();

    /// <summary>What becomes of events over a limit.</summary>
    public LimitSettings Limits { get; init; } = new();

    /// <summary>The rules.</summary>
    public RulesSettings Rules { get; init; } = new();

    /// <summary>Who may send events.</summary>
    [ValidateObjectMembers]
    public IngestSettings Ingest { get; init; } = new();

    /// <summary>What health data asks for, and how people are forgotten.</summary>
    [ValidateObjectMembers]
    public PrivacySettings Privacy { get; init; } = new();

    /// <summary>Who may operate.</summary>
    public AdminSettings Admin { get; init; } = new();

    /// <summary>The queue.</summary>
    [ValidateObjectMembers]
    public QueueSettings Queue { get; init; } = new();

    /// <summary>The Service Bus namespace and queue, where the queue is of that kind.</summary>
    public ServiceBusSettings ServiceBus { get; init; } = new();

    /// <summary>The sandbox.</summary>
    [ValidateObjectMembers]
    public SandboxSettings Sandbox { get; init; } = new();

    /// <summary>The dead letters.</summary>
    [ValidateObjectMembers]
    public DeadLetterSettings DeadLetters { get; init; } = new();

    /// <summary>Where processes share the rate, in Azure.</summary>
    public RateShareSettings RateShare { get; init; } = new();

    /// <summary>Where the delivery log and the state lie, in Azure.</summary>
    public DeliveryLogSettings DeliveryLog { get; init; } = new();

    /// <summary>What is told of deliveries, in Azure.</summary>
    [ValidateObjectMembers]
    public TelemetrySettings Telemetry { get; init; } = new();

    /// <summary>What was probably not meant or is not safe: names that look like settings but are not read, and http beyond this machine. Hosts log it at each start.</summary>
    public IReadOnlyList<Problem> Warnings { get; init; } = [];

    /// <summary>
    /// Why events must not go to a sandbox; null when nothing speaks against it but perhaps where the host listens. Real events that end in a sandbox are lost, and
    /// everything would look well meanwhile.
    /// </summary>
    public string? WhyNoSandbox() => this switch
    {
        { Sandbox.Enabled: true } => null,
        { Sandbox.Enabled: false } => "Sandbox__Enabled is false",
        { CustomerIo.TrackApiUrl: not null } => "CustomerIo__TrackApiUrl is set",
        { Ingest.Keys.Count: > 0 } => "Ingest__Keys is set, so real events may come",
        { Ingest.WriteKeys.Count: > 0 } => "Ingest__WriteKeys is set, so real events may come",
        { Ingest.SigningSecret: not null } => "Ingest__SigningSecret is set, so real events may come",
        { Ingest.LifecycleKey: not null } => "Ingest__LifecycleKey is set, so real events may come",
        { Admin.Keys.Count: > 0 } => "Admin__Keys is set, so real events may come",
        _ => null,
    };
}
