using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.Support;

/// <summary>Values that a test needs but does not care about.</summary>
internal static class Some
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static Partition Partition(int number = 7, Lane lane = Lane.Live) => new(lane, number);

    public static TrackApiRequest Request { get; } = new(
        TrackApiMethod.Post, "/api/v1/customers/u%40x/events", SingleRequest.PersonEventsRoute, "{\"name\":\"Signed Up\"}"u8.ToArray());

    /// <summary>An event as it is received; the n-th has its own id.</summary>
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

    public static ReceivedEvent Event(EventKind kind, string json, int number = 1, int partition = 7, FailureHistory history = default, TimeSpan age = default) => new(
        new EventEnvelope
        {
            EventId = $"01BX5ZZKBKACTAV9WEVGE{number:D5}",
            Kind = kind,
            QueuedAt = Now - age,
            ReceivedAt = Now - age,
            Partition = Partition(partition),
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            Body = Encoding.UTF8.GetBytes(json),
        },
        number,
        history);
}
