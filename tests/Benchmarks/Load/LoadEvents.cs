using System.Globalization;
using System.Text;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>Events of known people, of about 420 bytes, each with an id of its own.</summary>
internal static class LoadEvents
{
    // One event a millisecond: times grow as those of live traffic do, and with them the event ids.
    private static readonly DateTimeOffset FirstTime = new(2026, 11, 24, 11, 59, 0, TimeSpan.Zero);

    /// <summary>How many people there are.</summary>
    public const int People = 5_000;

    /// <summary>The user id of an event.</summary>
    public static string PersonOf(int number) => string.Create(CultureInfo.InvariantCulture, $"user-{number % People:D6}");

    /// <summary>An event on the device of its person.</summary>
    public static EventEnvelope OnDevice(int number) => Envelope(
        number, Lane.Live, [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"anonymousId":"device-{{number % People}}",""")), .. Json(number)[1..]]);

    /// <summary>The identify of a person on that device, with an e-mail.</summary>
    public static EventEnvelope Identify(int number) => Envelope(int.MaxValue - 1_000_000 - number, Lane.Live, Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $$$"""{"type":"identify","messageId":"i-{{{number}}}","userId":"{{{PersonOf(number)}}}","anonymousId":"device-{{{number}}}","traits":{"email":"{{{PersonOf(number)}}}@example.com"}}""")));

    /// <summary>The JSON of an event.</summary>
    public static byte[] Json(int number) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"type":"track","event":"Appointment Requested","messageId":"m-{{{number:D10}}}","userId":"{{{PersonOf(number)}}}","timestamp":"{{{FirstTime.AddMilliseconds(number):yyyy-MM-ddTHH:mm:ss.fffZ}}}","context":{"library":{"name":"freshpaint.js"}},"properties":{"clinic":"Riverside","slot":"2026-12-01T09:30:00Z","price":120.50,"currency":"USD","new_patient":true,"utm_source":"newsletter","utm_campaign":"autumn-checkups","note":"größer"}}"""));

    /// <summary>The JSON of events, one a line.</summary>
    public static byte[] Lines(int first, int count)
    {
        byte[][] events = [.. Enumerable.Range(first, count).Select(Json)];
        byte[] lines = new byte[events.Sum(json => json.Length + 1)];
        int at = 0;
        foreach (byte[] json in events)
        {
            json.CopyTo(lines, at);
            at += json.Length;
            lines[at++] = (byte)'\n';
        }

        return lines;
    }

    /// <summary>The event in its envelope.</summary>
    public static EventEnvelope Envelope(int number, Lane lane) => Envelope(number, lane, Json(number));

    /// <summary>An event in its envelope whose name is over the limit.</summary>
    public static EventEnvelope TooLong(int number) => Envelope(
        int.MaxValue - number,
        Lane.Live,
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"type":"track","event":"{{new string('x', 101)}}","messageId":"x-{{number:D10}}","userId":"user-1"}""")));

    private static EventEnvelope Envelope(int number, Lane lane, byte[] body)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return new EventEnvelope
        {
            EventId = Ulid(number),
            Kind = EventKind.Track,
            QueuedAt = now,
            ReceivedAt = now,
            Partition = new Partition(lane, number % 64),
            Body = body,
        };
    }

    private static string Ulid(int number) => string.Create(CultureInfo.InvariantCulture, $"01KAV3Q4R8W5X6Y7{number:D10}");
}
