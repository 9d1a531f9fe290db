using System.Collections.Immutable;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using ServiceBusDouble.Inspection;
using ServiceBusDouble.Store;

namespace ServiceBusDouble.Wire;

/// <summary>Between AMQP messages and what the store keeps of them.</summary>
internal static class MessageCodec
{
    /// <summary>The message format of a batch: its body is a list of data sections, each one encoded message.</summary>
    private const uint BatchFormat = 0x80013700;

    private static readonly Symbol ScheduledFor = "x-opt-scheduled-enqueue-time";

    /// <summary>The messages of one transfer, and its size in bytes.</summary>
    public static (IReadOnlyList<NewMessage> Messages, long Size) ReadTransfer(Message transfer)
    {
        byte[] encoded = Encode(transfer);
        return transfer.Format == BatchFormat
            ? ([.. Sections(transfer.Body).Select(Read)], encoded.Length)
            : ([Read(encoded)], encoded.Length);
    }

    /// <summary>One message in AMQP encoding.</summary>
    public static NewMessage Read(byte[] encoded)
    {
        Message message = Decode(encoded);
        return new NewMessage(encoded)
        {
            MessageId = message.Properties?.GetMessageId()?.ToString(),
            SessionId = message.Properties?.GroupId,
            TimeToLive = message.Header is { Ttl: > 0 and var milliseconds } ? TimeSpan.FromMilliseconds(milliseconds) : null,
            ScheduledFor = message.MessageAnnotations?.Map[ScheduledFor] is DateTime due ? new DateTimeOffset(due.ToUniversalTime()) : null,
        };
    }

    /// <summary>The message as a receiver gets it: what the sender sent, with the broker's header and annotations, and what settlements set.</summary>
    public static Message ToDelivery(StoredMessage stored)
    {
        Message sent = Decode(stored.Content.Encoded.ToArray());
        return new LockedDelivery(stored.Lock?.Token ?? Guid.NewGuid())
        {
            Header = HeaderOf(stored, sent.Header),
            DeliveryAnnotations = sent.DeliveryAnnotations,
            MessageAnnotations = AnnotationsOf(stored, sent.MessageAnnotations),
            Properties = sent.Properties,
            ApplicationProperties = PropertiesOf(stored, sent.ApplicationProperties),
            BodySection = sent.BodySection,
            Footer = sent.Footer,
        };
    }

    public static byte[] Encode(Message message)
    {
        ByteBuffer buffer = message.Encode();
        return buffer.Buffer.AsSpan(buffer.Offset, buffer.Length).ToArray();
    }

    /// <summary>The message for a test to look at.</summary>
    public static BrokerMessage Show(StoredMessage stored)
    {
        Message sent = Decode(stored.Content.Encoded.ToArray());
        return new BrokerMessage
        {
            SequenceNumber = stored.Sequence,
            MessageId = stored.Content.MessageId,
            SessionId = stored.Content.SessionId,
            Body = Sections(sent.Body).FirstOrDefault() ?? [],
            ApplicationProperties = (PropertiesOf(stored, sent.ApplicationProperties)?.Map ?? []).ToDictionary(pair => (string)pair.Key, pair => (object?)pair.Value),
            DeliveryCount = stored.DeliveryCount,
            EnqueuedAt = stored.EnqueuedAt,
            IsLocked = stored.Lock is not null,
        };
    }

    /// <summary>A map of the wire as properties a settlement sets; keys are strings or symbols.</summary>
    public static ImmutableDictionary<string, object?> ReadProperties(Map? map) =>
        map is null ? ImmutableDictionary<string, object?>.Empty : map.ToImmutableDictionary(pair => pair.Key.ToString()!, pair => (object?)pair.Value);

    private static Message Decode(byte[] encoded) => Message.Decode(new ByteBuffer(encoded, 0, encoded.Length, encoded.Length));

    private static IEnumerable<byte[]> Sections(object? body) => body switch
    {
        byte[] one => [one],
        Data[] several => several.Select(data => data.Binary),
        _ => [],
    };

    private static Header HeaderOf(StoredMessage stored, Header? sent)
    {
        Header header = new() { Durable = sent?.Durable ?? false, Priority = sent?.Priority ?? 4, DeliveryCount = (uint)stored.DeliveryCount };
        if (stored.ExpiresAt < DateTimeOffset.MaxValue)
        {
            header.Ttl = (uint)Math.Min((stored.ExpiresAt - stored.EnqueuedAt).TotalMilliseconds, uint.MaxValue);
        }
        else if (sent is { Ttl: > 0 })
        {
            header.Ttl = sent.Ttl;
        }

        return header;
    }

    private static MessageAnnotations AnnotationsOf(StoredMessage stored, MessageAnnotations? sent)
    {
        MessageAnnotations annotations = new();
        foreach (KeyValuePair<object, object> pair in sent?.Map ?? [])
        {
            annotations.Map[pair.Key] = pair.Value;
        }

        annotations[(Symbol)"x-opt-sequence-number"] = stored.Sequence;
        annotations[(Symbol)"x-opt-enqueue-sequence-number"] = stored.EnqueuedSequence;
        annotations[(Symbol)"x-opt-enqueued-time"] = stored.EnqueuedAt.UtcDateTime;
        annotations[(Symbol)"x-opt-message-state"] = (int)stored.State;
        if (stored.Lock is { } held)
        {
            annotations[(Symbol)"x-opt-locked-until"] = held.Until.UtcDateTime;
        }

        if (stored.DeadLetterSource is { } source)
        {
            annotations[(Symbol)"x-opt-deadletter-source"] = source;
        }

        return annotations;
    }

    private static ApplicationProperties? PropertiesOf(StoredMessage stored, ApplicationProperties? sent)
    {
        if (stored.Properties.IsEmpty)
        {
            return sent;
        }

        ApplicationProperties properties = new();
        foreach (KeyValuePair<object, object> pair in sent?.Map ?? [])
        {
            properties.Map[pair.Key] = pair.Value;
        }

        foreach ((string name, object? value) in stored.Properties)
        {
            properties[name] = value;
        }

        return properties;
    }
}
