using System.Globalization;
using System.Text;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Queueing;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>Events of known people, of about 420 bytes, each with an id of its own.</summary>
internal static class LoadEvents
{
    /// <summary>The JSON of an event; the number has ten digits, so that it can be written over in place.</summary>
    public static byte[] Json(int number) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"type":"track","event":"Appointment Requested","messageId":"m-{{{number:D10}}}","userId":"user-{{{number % 5_000:D6}}}","timestamp":"2026-11-24T11:59:00Z","context":{"library":{"name":"freshpaint.js"}},"properties":{"clinic":"Riverside","slot":"2026-12-01T09:30:00Z","price":120.50,"currency":"USD","new_patient":true,"utm_source":"newsletter","utm_campaign":"autumn-checkups","note":"größer"}}"""));

    /// <summary>The event in its envelope.</summary>
    public static EventEnvelope Envelope(int number, Lane lane)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return new EventEnvelope
        {
            EventId = Ulid(number),
            Kind = EventKind.Track,
            QueuedAt = now,
            ReceivedAt = now,
            Partition = new Partition(lane, number % 64),
            Body = Json(number),
        };
    }

    private static string Ulid(int number) => string.Create(CultureInfo.InvariantCulture, $"01KAV3Q4R8W5X6Y7{number:D10}");
}
