using System.Diagnostics.Metrics;
using System.Text;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.Model;
using CustomerIoDestination.QueueContract;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;

/// <summary>Things to test with.</summary>
internal static class Some
{
    public static DateTimeOffset Time { get; } = DateTimeOffset.UnixEpoch.AddDays(20_000);

    public static Partition Partition { get; } = new(Lane.Live, 7);

    public static EventEnvelope Envelope(int number = 1, Partition? partition = null, DateTimeOffset? queuedAt = null) => new()
    {
        EventId = Ulid.Of(Time, number),
        Kind = EventKind.Track,
        QueuedAt = queuedAt ?? Time,
        ReceivedAt = Time,
        Partition = partition ?? Partition,
        Body = Encoding.UTF8.GetBytes("""{"type":"track"}"""),
    };

    /// <summary>Meters of a test's own.</summary>
    public static IMeterFactory Meters() => new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    /// <summary>The envelope's message as a receiver sees it.</summary>
    public static ServiceBusReceivedMessage Received(EventEnvelope envelope)
    {
        ServiceBusMessage sent = EnvelopeMessage.Write(envelope);
        return ServiceBusModelFactory.ServiceBusReceivedMessage(
            sent.Body, sent.MessageId, sessionId: sent.SessionId, properties: sent.ApplicationProperties, sequenceNumber: 1);
    }

    public static DeliveryAttempt Attempt(Settlement settlement, int attempts = 1) => new()
    {
        At = Time,
        EventId = Envelope().EventId,
        Kind = EventKind.Track,
        Lane = Lane.Live,
        ReceivedAt = Time,
        Attempts = attempts,
        Duration = TimeSpan.FromSeconds(1),
        Settlement = settlement,
    };

    public static Settlement.DeadLetter DeadLetter(DeadLetterReason reason = DeadLetterReason.LimitExceeded, string description = "traits.bio: 1,400 bytes, limit 1,000") =>
        new(reason, description);
}
