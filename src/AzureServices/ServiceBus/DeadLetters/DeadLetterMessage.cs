using System.Globalization;
using System.Text;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.ServiceBus.DeadLetters;

/// <summary>A message of the dead-letter sub-queue as a dead letter. Never throws, whoever sent it there.</summary>
internal static class DeadLetterMessage
{
    // The broker's own reasons: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues
    private const string TimeToLiveEnded = "TTLExpiredException";
    private const string DeliveredTooOften = "MaxDeliveryCountExceeded";

    // As the queue is deployed, for a message that does not carry it.
    private static readonly TimeSpan QueueTimeToLive = TimeSpan.FromDays(14);

    public static DeadLetter Read(ServiceBusReceivedMessage message)
    {
        string eventId = EnvelopeMessage.EventIdOf(message) ?? "";
        return new DeadLetter
        {
            Id = message.SequenceNumber.ToString(CultureInfo.InvariantCulture),
            EventId = eventId,
            Kind = KindOf(message).ToCode(),
            Reason = ReasonOf(message),
            Description = message.DeadLetterErrorDescription ?? "",
            DeadLetteredAt = DeadLetteredAt(message),
            FirstFailedAt = FirstFailedAt(message),
            EventTime = EventUlid.TimeOf(eventId),
            Attempts = EnvelopeMessage.CountOf(message.ApplicationProperties, MessagePropertyNames.Attempts),
        };
    }

    /// <summary>Its event's bytes; none when the body is no data.</summary>
    public static ReadOnlyMemory<byte> BodyOf(ServiceBusReceivedMessage message) =>
        message.GetRawAmqpMessage().Body.BodyType == AmqpMessageBodyType.Data ? message.Body.ToMemory() : ReadOnlyMemory<byte>.Empty;

    /// <summary>What Customer.io wrote when it refused the event; empty when it wrote nothing, or the broker gave it up.</summary>
    public static ReadOnlyMemory<byte> AnswerOf(ServiceBusReceivedMessage message) =>
        message.ApplicationProperties.GetValueOrDefault(MessagePropertyNames.Answer) is string { Length: > 0 } text ? Encoding.UTF8.GetBytes(text) : ReadOnlyMemory<byte>.Empty;

    /// <summary>When its event first failed, before a replay too.</summary>
    public static DateTimeOffset FirstFailedAt(ServiceBusReceivedMessage message) =>
        EnvelopeMessage.TimeOf(message.ApplicationProperties, MessagePropertyNames.FirstFailedAt) ?? DeadLetteredAt(message);

    /// <summary>Whether a run of replay put it on the queue last.</summary>
    public static bool IsOf(ServiceBusReceivedMessage message, DeadLetterRun run) =>
        message.ApplicationProperties.GetValueOrDefault(MessagePropertyNames.ReplayRun) is long id && id == run.Id;

    /// <summary>Its event's kind.</summary>
    public static EventKind KindOf(ServiceBusReceivedMessage message) =>
        Codes.Parse<EventKind>(message.ApplicationProperties.GetValueOrDefault(MessagePropertyNames.Kind) as string) ?? EventKind.Unsupported;

    /// <summary>Why. What another program wrote there is no reason of ours: an event to look at, or nothing readable.</summary>
    public static DeadLetterReason ReasonOf(ServiceBusReceivedMessage message) => message.DeadLetterReason switch
    {
        TimeToLiveEnded => DeadLetterReason.TtlExpired,
        DeliveredTooOften => DeadLetterReason.DeliveryCount,
        var code when Codes.Parse<DeadLetterReason>(code) is { } reason => reason,
        _ when EnvelopeMessage.Read(message) is EnvelopeReading.Unreadable => DeadLetterReason.Unreadable,
        _ => DeadLetterReason.InvalidEvent,
    };

    /// <summary>The log's line for a step that ended it; null when it holds no event of this product.</summary>
    public static DeliveryLogEntry? EndOf(ServiceBusReceivedMessage message, EventStep step, DateTimeOffset at) =>
        EnvelopeMessage.Read(message) is EnvelopeReading.Readable(var envelope)
            ? new DeliveryLogEntry
            {
                At = at,
                EventId = envelope.EventId,
                Kind = envelope.Kind,
                Lane = envelope.Lane,
                Step = step,
                Reason = ReasonOf(message).ToCode(),
                Attempts = EnvelopeMessage.CountOf(message.ApplicationProperties, MessagePropertyNames.Attempts),
            }
            : null;

    /// <summary>When it became one. The broker does not say it of its own; the end of its time may be known, of the rest only when it was queued.</summary>
    public static DateTimeOffset DeadLetteredAt(ServiceBusReceivedMessage message) =>
        EnvelopeMessage.TimeOf(message.ApplicationProperties, MessagePropertyNames.DeadLetteredAt)
        ?? (message.DeadLetterReason == TimeToLiveEnded ? EndOfTime(message) : null)
        ?? message.EnqueuedTime;

    /// <summary>
    /// The latest it may have become one: what the broker gave up of its own lived in the queue until then at most. Purging goes by this, or a letter of
    /// yesterday's would go because its event had waited long. What a process wrote by a clock that was wrong is held to the time its event was on the queue,
    /// which the broker tells by its own.
    /// </summary>
    public static DateTimeOffset DeadLetteredBy(ServiceBusReceivedMessage message)
    {
        DateTimeOffset latest = EndOfTime(message) ?? message.EnqueuedTime + QueueTimeToLive;
        return EnvelopeMessage.TimeOf(message.ApplicationProperties, MessagePropertyNames.DeadLetteredAt) is not { } told ? latest
            : told < message.EnqueuedTime ? message.EnqueuedTime
            : told > latest ? latest
            : told;
    }

    private static DateTimeOffset? EndOfTime(ServiceBusReceivedMessage message) => message.ExpiresAt < DateTimeOffset.MaxValue ? message.ExpiresAt : null;
}
