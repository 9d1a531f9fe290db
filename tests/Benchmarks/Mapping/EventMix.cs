using System.Text;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.Benchmarks.Mapping;

/// <summary>A realistic mix of events of about 850 bytes: half tracks, a fifth each of pages and anonymous tracks, a tenth identifies.</summary>
internal static class EventMix
{
    private const string Device = "1855a980cb1529-066ed15036156b-18525635-13c680-1855a980cb2178a";

    private static readonly DateTimeOffset ReceivedAt = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Envelopes in a fixed, repeatable order.</summary>
    public static EventEnvelope[] Envelopes(int count) => [.. Enumerable.Range(0, count).Select(Envelope)];

    /// <summary>Events of about 210 bytes, as webhooks without context send them: what an event costs whatever its size weighs most with them.</summary>
    public static EventEnvelope[] Small(int count) => [.. Enumerable.Range(0, count).Select(index => Envelope(index, SmallJson))];

    private static EventEnvelope Envelope(int index) => Envelope(index, MixedJson);

    private static EventEnvelope Envelope(int index, Func<int, (EventKind Kind, string Json)> read)
    {
        (EventKind kind, string json) = read(index);
        return new EventEnvelope
        {
            EventId = "01KAV3Q4R8W5X6Y7Z8A9B0C1D2",
            Kind = kind,
            QueuedAt = ReceivedAt,
            ReceivedAt = ReceivedAt,
            Partition = new Partition(Lane.Live, index % 64),
            Body = Encoding.UTF8.GetBytes(json),
        };
    }

    private static (EventKind Kind, string Json) SmallJson(int index)
    {
        string head = $"\"timestamp\":\"2026-11-24T11:59:{index % 60:D2}Z\",\"messageId\":\"m-{index:D8}\",\"userId\":\"user-{index:D8}\"";
        return (index % 10) switch
        {
            0 => (EventKind.Identify, $$$"""{"type":"identify",{{{head}}},"traits":{"email":"person{{{index}}}@example.com","first_name":"Alex","plan":"basic","newsletter":true}}"""),
            1 or 5 => (EventKind.Page, $$$"""{"type":"page","name":"Booking",{{{head}}},"properties":{"section":"booking","variant":"b","load_ms":{{{300 + (index % 200)}}},"language":"en-US"}}"""),
            _ => (EventKind.Track, $$$"""{"type":"track","event":"Appointment Requested",{{{head}}},"properties":{"clinic":"Riverside","price":{{{120 + (index % 50)}}}.50,"new_patient":true}}"""),
        };
    }

    private static (EventKind Kind, string Json) MixedJson(int index) => (index % 10) switch
    {
        0 => (EventKind.Identify, Identify(index)),
        1 or 5 => (EventKind.Page, Page(index)),
        2 or 7 => (EventKind.Track, Track(index, anonymous: true)),
        _ => (EventKind.Track, Track(index, anonymous: false)),
    };

    private static string Head(string type, int index, bool anonymous) =>
        $"\"type\":\"{type}\",\"timestamp\":\"2026-11-24T11:59:{index % 60:D2}Z\",\"messageId\":\"iI5pcrFfZHTuAfEu{index:D6}==\",\"anonymousId\":\"{Device}\""
        + (anonymous ? "" : $",\"userId\":\"user-{index:D8}\"");

    private static string Context =>
        "\"context\":{\"page\":{\"url\":\"https://clinic.example.com/appointments/new\",\"title\":\"Book an appointment\","
        + "\"path\":\"/appointments/new\",\"referrer\":\"https://clinic.example.com/\"},\"library\":{\"name\":\"freshpaint.js\"},"
        + "\"userAgent\":\"Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X)\",\"locale\":\"en-US\"}";

    private static string Track(int index, bool anonymous) =>
        $$$"""{"event":"Appointment Requested",{{{Head("track", index, anonymous)}}},{{{Context}}},"properties":{"clinic":"Riverside","slot":"2026-12-0{{{1 + (index % 9)}}}T09:30:00Z","visit_reason_code":"R{{{index % 97}}}","new_patient":{{{(index % 2 == 0 ? "true" : "false")}}},"price":{{{120 + (index % 50)}}}.50,"currency":"USD","items":[{"sku":"A-100","quantity":1},{"sku":"B-200","quantity":2}],"utm_source":"newsletter","utm_campaign":"autumn-checkups","$session_id":"s-{{{index}}}","$browser":"Safari","$os":"iOS"}}""";

    private static string Page(int index) =>
        $$$"""{{{{Head("page", index, false)}}},{{{Context}}},"properties":{"section":"booking","variant":"b","experiment":"form-length","experiment_bucket":{{{index % 16}}},"scroll_depth":0.75,"utm_source":"newsletter","utm_medium":"email","utm_campaign":"autumn-checkups","load_ms":{{{300 + (index % 200)}}},"language":"en-US","$current_url":"https://clinic.example.com/appointments/new","$browser":"Safari","$os":"iOS","$session_id":"s-{{{index}}}"}}""";

    private static string Identify(int index) =>
        $$$"""{{{{Head("identify", index, false)}}},{{{Context}}},"traits":{"email":"person{{{index}}}@example.com","first_name":"Alex","last_name":"Müller","phone":"+15558675309","created_at":"2024-03-01T10:00:00Z","plan":"basic","clinic":"Riverside","language":"en-US","timezone":"America/New_York","newsletter":true,"appointments":{{{index % 12}}},"address":{"city":"Springfield","postal_code":"01101","country":"US"},"unsubscribed":false,"source":"web"}}""";
}
