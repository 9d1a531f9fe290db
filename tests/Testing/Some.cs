using System.Diagnostics.Metrics;
using System.Text;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.Testing;

/// <summary>Values that a test needs but does not care about.</summary>
public static class Some
{
    public const string EventId = "01J0000000000000000000000A";

    public static DateTimeOffset Now { get; } = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static Partition Partition(int number = 7, Lane lane = Lane.Live) => new(lane, number);

    /// <summary>An event on its way to the queue; the n-th has its own id.</summary>
    public static EventEnvelope Envelope(
        long number = 1, Partition? partition = null, DateTimeOffset? queuedAt = null, EventKind kind = EventKind.Track, string json = """{"type":"track","event":"Signed Up"}""") => new()
        {
            EventId = Ulid.Of(Now, number),
            Kind = kind,
            QueuedAt = queuedAt ?? Now,
            ReceivedAt = queuedAt ?? Now,
            Partition = partition ?? Partition(),
            Body = Encoding.UTF8.GetBytes(json),
        };

    /// <summary>The same for queues that hold events of many partitions.</summary>
    public static EventEnvelope Envelope(Partition partition, long number, string json = """{"type":"track","event":"Signed Up"}""") => Envelope(number, partition, json: json);

    /// <summary>A track event as it comes from the queue; the n-th has its own id.</summary>
    public static ReceivedEvent Track(int number = 1, int partition = 7, string? userId = "u-1", string? properties = null, FailureHistory history = default, TimeSpan age = default)
    {
        string who = userId is null ? "" : $"\"userId\":\"{userId}\",";
        return Event(
            EventKind.Track,
            $$"""{"type":"track","event":"Signed Up",{{who}}"anonymousId":"d-{{number}}","properties":{{properties ?? $"{{\"n\":{number}}}"}},"timestamp":"2026-11-24T11:59:00Z"}""",
            number,
            partition,
            history,
            age);
    }

    /// <summary>An event as it comes from the queue; the n-th has its own id.</summary>
    public static ReceivedEvent Event(EventKind kind, string json, int number = 1, int partition = 7, FailureHistory history = default, TimeSpan age = default) => new(
        Envelope(number, Partition(partition), Now - age, kind, json) with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
        number,
        history);

    /// <summary>A track event as an SDK posts it.</summary>
    public static string TrackJson(string value = "x") =>
        $$$"""{"type":"track","event":"Order Completed","userId":"u-1","anonymousId":"d-1","messageId":"m-1","timestamp":"2026-11-24T11:59:58Z","properties":{"note":"{{{value}}}"}}""";

    /// <summary>A call to the Track API.</summary>
    public static TrackApiRequest Request { get; } = new(
        TrackApiMethod.Post, "/api/v1/customers/u%40x/events", SingleRequest.PersonEventsRoute, "{\"name\":\"Signed Up\"}"u8.ToArray());

    /// <summary>What became of an event that the queue gave.</summary>
    public static DeliveryAttempt Attempt(ReceivedEvent received, Settlement settlement) => new()
    {
        At = Now,
        EventId = received.Envelope.EventId,
        Kind = received.Envelope.Kind,
        Lane = received.Envelope.Lane,
        ReceivedAt = received.Envelope.ReceivedAt,
        Attempts = 1,
        Duration = TimeSpan.Zero,
        Settlement = settlement,
    };

    /// <summary>What became of the first event.</summary>
    public static DeliveryAttempt Attempt(Settlement settlement, int attempts = 1) => Attempt(Track(), settlement) with { Attempts = attempts, Duration = TimeSpan.FromSeconds(1) };

    public static Settlement.DeadLetter DeadLetter(DeadLetterReason reason = DeadLetterReason.LimitExceeded, string description = "traits.bio: 1,400 bytes, limit 1,000") =>
        new(reason, description);

    /// <summary>A dead letter as a store shows it.</summary>
    public static DeadLetterDetail StoredLetter(string id = "7", DeadLetterReason reason = DeadLetterReason.LimitExceeded, string raw = """{"type":"track"}""", string answer = "") => new(
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

    /// <summary>A message of a test's own for a Service Bus queue.</summary>
    public static ServiceBusMessage Message(string body = "body", string? session = null, string? id = null)
    {
        ServiceBusMessage message = new(body) { SessionId = session };
        if (id is not null)
        {
            message.MessageId = id;
        }

        return message;
    }

    /// <summary>Meters of a test's own.</summary>
    public static IMeterFactory Meters() => new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
}
