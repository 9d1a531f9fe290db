using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi.Tests.Support;

/// <summary>Values for tests that do not care which.</summary>
internal static class Some
{
    public const string EventId = "01J0000000000000000000000A";

    public static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static string Track(string value = "x") =>
        $$$"""{"type":"track","event":"Order Completed","userId":"u-1","anonymousId":"d-1","messageId":"m-1","timestamp":"2026-01-31T11:59:58Z","properties":{"note":"{{{value}}}"}}""";

    public static DeliveryStatus DeliveryStatus() => new()
    {
        State = DestinationState.Delivering,
        Since = Now,
        Region = CustomerIoRegion.Us,
        Url = new Uri("https://track.customer.io"),
        Workspace = 123456,
        Credentials = CredentialsState.Valid,
        RateLimit = 100,
        RateCurrent = 100,
        Counts = new EventCounts(10, 9, 1, 2, 5, 3, new Dictionary<string, long> { ["limit_exceeded"] = 2 }) { Since = Now.AddDays(-1), Warnings = new Dictionary<string, long> { ["email_cleaned"] = 4 } },
        StartedAt = Now,
    };

    public static DeliveryLogEntry Delivery(string eventId = EventId, AttemptOutcome outcome = AttemptOutcome.Delivered, EventKind kind = EventKind.Track) => new()
    {
        At = Now,
        EventId = eventId,
        Kind = kind,
        Lane = Lane.Live,
        Step = EventStep.Delivery,
        Outcome = outcome,
        Attempts = 1,
        HttpStatus = 200,
        Duration = TimeSpan.FromMilliseconds(12.34),
    };

    public static DeadLetterDetail DeadLetter(string id = "7", DeadLetterReason reason = DeadLetterReason.LimitExceeded, string raw = """{"type":"track"}""", string answer = "") => new(
        new DeadLetter
        {
            Id = id,
            EventId = EventId,
            Kind = "track",
            Reason = reason,
            Description = "traits.bio has 1400 bytes; the limit is 1000.",
            DeadLetteredAt = Now,
            EventTime = null,
            Attempts = 0,
            FirstFailedAt = Now.AddHours(-1),
        },
        Encoding.UTF8.GetBytes(raw),
        Encoding.UTF8.GetBytes(answer));
}
