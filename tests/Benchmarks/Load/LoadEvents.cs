using System.Globalization;
using System.Text;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>When the events of a load happened.</summary>
internal enum EventTimes
{
    /// <summary>One a millisecond, in the order in which they are sent: what costs least.</summary>
    Ascending,

    /// <summary>Within the last three seconds, as of live traffic.</summary>
    Live,

    /// <summary>Within the last thirty days, as of a backfill.</summary>
    Backfill,
}

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

    /// <summary>The JSON of an event whose time is a millisecond after the one's before.</summary>
    public static byte[] Json(int number) => Json(number, EventTimes.Ascending);

    /// <summary>The JSON of an event.</summary>
    public static byte[] Json(int number, EventTimes times) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"type":"track","event":"Appointment Requested","messageId":"m-{{{number:D10}}}","userId":"{{{PersonOf(number)}}}","timestamp":"{{{TimeOf(number, times):yyyy-MM-ddTHH:mm:ss.fffZ}}}","context":{"library":{"name":"freshpaint.js"}},"properties":{"clinic":"Riverside","slot":"2026-12-01T09:30:00Z","price":120.50,"currency":"USD","new_patient":true,"utm_source":"newsletter","utm_campaign":"autumn-checkups","note":"größer"}}"""));

    /// <summary>The JSON of events, one a line.</summary>
    public static byte[] Lines(int first, int count, EventTimes times = EventTimes.Ascending)
    {
        byte[][] events = [.. Enumerable.Range(first, count).Select(number => Json(number, times))];
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

    /// <summary>An event in its envelope, with a body of choice.</summary>
    public static EventEnvelope Envelope(int number, Lane lane, byte[] body)
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

    /// <summary>An event in its envelope whose name is over the limit.</summary>
    public static EventEnvelope TooLong(int number) => Envelope(
        int.MaxValue - number,
        Lane.Live,
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"type":"track","event":"{{new string('x', 101)}}","messageId":"x-{{number:D10}}","userId":"user-1"}""")));

    /// <summary>Scattered over the span, and the same for the same number but for what the clock went on.</summary>
    private static DateTimeOffset TimeOf(int number, EventTimes times) => times switch
    {
        EventTimes.Live => TimeProvider.System.GetUtcNow() - (Scatter(number) * TimeSpan.FromSeconds(3)),
        EventTimes.Backfill => TimeProvider.System.GetUtcNow() - (Scatter(number) * TimeSpan.FromDays(30)),
        _ => FirstTime.AddMilliseconds(number),
    };

    /// <summary>Zero to one.</summary>
    private static double Scatter(int number) => (uint)number * 2_654_435_769u / (double)uint.MaxValue;

    private static string Ulid(int number) => string.Create(CultureInfo.InvariantCulture, $"01KAV3Q4R8W5X6Y7{number:D10}");
}
