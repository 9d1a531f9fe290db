using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.ServiceBus.Messages;

/// <summary>The envelope as a Service Bus message: the raw event as body, the rest beside it. What one wrote the other reads, whatever its version.</summary>
internal static class EnvelopeMessage
{
    /// <summary>The message to send.</summary>
    public static ServiceBusMessage Write(EventEnvelope envelope)
    {
        ServiceBusMessage message = new(envelope.Body)
        {
            MessageId = envelope.MessageId,
            SessionId = envelope.Partition.ToString(),
            ContentType = "application/json",
            ApplicationProperties =
            {
                [PropertyNames.EventId] = envelope.EventId,
                [PropertyNames.Kind] = envelope.Kind.ToCode(),
                [PropertyNames.QueuedAt] = envelope.QueuedAt.ToUnixTimeMilliseconds(),
                [PropertyNames.ReceivedAt] = envelope.ReceivedAt.ToUnixTimeMilliseconds(),
                [PropertyNames.ReplayCount] = envelope.ReplayCount,
                [PropertyNames.AsOfNow] = envelope.AsOfNow,
                [PropertyNames.LifecycleAllowed] = envelope.LifecycleAllowed,
            },
        };
        if (envelope.FromBrowser)
        {
            message.ApplicationProperties[PropertyNames.FromBrowser] = true;
        }

        if (envelope.IsRepeat)
        {
            message.ApplicationProperties[PropertyNames.IsRepeat] = true;
        }

        if (envelope.NotBefore is { } notBefore)
        {
            message.ScheduledEnqueueTime = notBefore;
        }

        if (envelope.TraceParent is { } traceParent)
        {
            message.ApplicationProperties[PropertyNames.TraceParent] = traceParent;
        }

        if (envelope.ReplayRun is { } run)
        {
            message.ApplicationProperties[PropertyNames.ReplayRun] = run;
            message.ApplicationProperties[PropertyNames.Attempts] = envelope.BeforeReplay.FailedCalls;
            if (envelope.BeforeReplay.FirstFailedAt is { } first)
            {
                message.ApplicationProperties[PropertyNames.FirstFailedAt] = first.ToUnixTimeMilliseconds();
            }
        }

        return message;
    }

    /// <summary>Reads a message of any origin. Never throws.</summary>
    public static EnvelopeReading Read(ServiceBusReceivedMessage message)
    {
        IReadOnlyDictionary<string, object> properties = message.ApplicationProperties;
        if (!Partition.TryParse(message.SessionId, out Partition partition))
        {
            return Unreadable("the session id names no partition");
        }

        // Anything but data makes the property Body throw.
        if (message.GetRawAmqpMessage().Body.BodyType != AmqpMessageBodyType.Data)
        {
            return Unreadable("the body is no data");
        }

        if (EventIdOf(message) is not { } eventId)
        {
            return Unreadable(PropertyNames.EventId);
        }

        if (properties.GetValueOrDefault(PropertyNames.Kind) is not string code || Codes.Parse<EventKind>(code) is not { } kind)
        {
            return Unreadable(PropertyNames.Kind);
        }

        if (TimeOf(properties, PropertyNames.QueuedAt) is not { } queuedAt)
        {
            return Unreadable(PropertyNames.QueuedAt);
        }

        if (TimeOf(properties, PropertyNames.ReceivedAt) is not { } receivedAt)
        {
            return Unreadable(PropertyNames.ReceivedAt);
        }

        return new EnvelopeReading.Readable(new EventEnvelope
        {
            EventId = eventId,
            Kind = kind,
            QueuedAt = queuedAt,
            ReceivedAt = receivedAt,
            Partition = partition,
            ReplayCount = CountOf(properties, PropertyNames.ReplayCount),
            AsOfNow = properties.GetValueOrDefault(PropertyNames.AsOfNow) is true,
            LifecycleAllowed = properties.GetValueOrDefault(PropertyNames.LifecycleAllowed) is true,
            FromBrowser = properties.GetValueOrDefault(PropertyNames.FromBrowser) is true,
            IsRepeat = properties.GetValueOrDefault(PropertyNames.IsRepeat) is true,
            TraceParent = properties.GetValueOrDefault(PropertyNames.TraceParent) as string,
            ReplayRun = properties.GetValueOrDefault(PropertyNames.ReplayRun) as long?,
            BeforeReplay = new FailureHistory(CountOf(properties, PropertyNames.Attempts), TimeOf(properties, PropertyNames.FirstFailedAt)),
            Body = message.Body.ToMemory(),
        });
    }

    /// <summary>The event id beside the body; null when there is none of the right form.</summary>
    public static string? EventIdOf(ServiceBusReceivedMessage message) =>
        message.ApplicationProperties.GetValueOrDefault(PropertyNames.EventId) is string { Length: EventUlid.Length } id && id.All(char.IsAsciiLetterOrDigit)
            ? id
            : null;

    /// <summary>A time beside the body; null when there is none.</summary>
    public static DateTimeOffset? TimeOf(IReadOnlyDictionary<string, object> properties, string name) =>
        properties.GetValueOrDefault(name) is long milliseconds
        && milliseconds >= 0
        && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    /// <summary>A count beside the body; 0 when there is none.</summary>
    public static int CountOf(IReadOnlyDictionary<string, object> properties, string name) =>
        properties.GetValueOrDefault(name) is int count and >= 0 ? count : 0;

    private static EnvelopeReading.Unreadable Unreadable(string what) =>
        new(what.Contains(' ', StringComparison.Ordinal) ? $"No event of this product: {what}." : $"No event of this product: the property {what} is missing or wrong.");
}

/// <summary>What a queue message turned out to hold.</summary>
internal abstract record EnvelopeReading
{
    private EnvelopeReading()
    {
    }

    /// <summary>An event.</summary>
    public sealed record Readable(EventEnvelope Envelope) : EnvelopeReading;

    /// <summary>Something this product did not send.</summary>
    /// <param name="Problem">Which part is missing or wrong; holds nothing of the message.</param>
    public sealed record Unreadable(string Problem) : EnvelopeReading;
}

/// <summary>The application properties of a queue message. Times are Unix milliseconds; all are AMQP primitives, which is all that survives a settlement.</summary>
internal static class PropertyNames
{
    public const string EventId = "eventId";
    public const string Kind = "kind";
    public const string QueuedAt = "queuedAt";
    public const string ReceivedAt = "receivedAt";
    public const string ReplayCount = "replayCount";
    public const string AsOfNow = "asOfNow";
    public const string LifecycleAllowed = "lifecycleAllowed";

    /// <summary>Only where it is true.</summary>
    public const string FromBrowser = "fromBrowser";

    /// <summary>Only where it is true.</summary>
    public const string IsRepeat = "repeat";

    /// <summary>The name the client's own tracing uses, which leaves a value that is there alone.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>Set with a dead letter, and kept by its replay: calls made to Customer.io.</summary>
    public const string Attempts = "attempts";

    /// <summary>Set with a dead letter, and kept by its replay: when the event first failed.</summary>
    public const string FirstFailedAt = "firstFailedAt";

    /// <summary>Set by a replay: its run.</summary>
    public const string ReplayRun = "replayRun";

    /// <summary>Set with a dead letter: what Customer.io wrote, where it wrote something. It may quote the event.</summary>
    public const string Answer = "answer";

    /// <summary>Set with a dead letter: when it became one.</summary>
    public const string DeadLetteredAt = "deadLetteredAt";
}
