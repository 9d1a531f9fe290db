using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.QueueContract;

namespace CustomerIoDestination.SqliteQueue.Tests.Support;

/// <summary>Values of which a test only cares that they are there.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static EventEnvelope Envelope(Partition partition, long number, string body = """{"type":"track","event":"Signed Up"}""") => new()
    {
        EventId = Ulid.Of(Time, number),
        Kind = EventKind.Track,
        QueuedAt = Time,
        ReceivedAt = Time,
        Partition = partition,
        Body = Encoding.UTF8.GetBytes(body),
    };

    public static DeliveryAttempt Attempt(ReceivedEvent received, Settlement settlement) => new()
    {
        At = Time,
        EventId = received.Envelope.EventId,
        Kind = received.Envelope.Kind,
        Lane = received.Envelope.Lane,
        ReceivedAt = received.Envelope.ReceivedAt,
        Attempts = 1,
        Duration = TimeSpan.Zero,
        Settlement = settlement,
    };
}
