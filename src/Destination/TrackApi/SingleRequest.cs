using System.Diagnostics;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.TrackApi;

/// <summary>An operation as one request: the v1 endpoints, which Freshpaint's own documentation names.</summary>
public static class SingleRequest
{
    /// <summary>The template of the route that identifies a person.</summary>
    public const string PersonRoute = "/api/v1/customers/{identifier}";

    /// <summary>The template of the route for a person's events.</summary>
    public const string PersonEventsRoute = "/api/v1/customers/{identifier}/events";

    /// <summary>The route for anonymous events.</summary>
    public const string AnonymousEventsRoute = "/api/v1/events";

    /// <summary>Writes the request into the buffer; its body lives as long as the buffer's content.</summary>
    public static TrackApiRequest Write(TrackApiOperation operation, ScratchBuffer output) => operation switch
    {
        TrackApiOperation.IdentifyPerson identify => Identify(identify, output),
        TrackApiOperation.TrackEvent track => Track(track, output),
        _ => throw new UnreachableException(),
    };

    private static TrackApiRequest Identify(TrackApiOperation.IdentifyPerson identify, ScratchBuffer output)
    {
        bool first = true;
        output.WriteByte((byte)'{');
        if (!identify.Attributes.IsEmpty)
        {
            output.Write(identify.Attributes.Span);
            first = false;
        }

        if (identify.Relationships is { } relationships)
        {
            output.WriteName("cio_relationships"u8, ref first);
            output.Write(relationships.Remove ? "{\"action\":\"delete_relationships\",\"relationships\":"u8 : "{\"action\":\"add_relationships\",\"relationships\":"u8);
            output.Write(relationships.Items.Span);
            output.WriteByte((byte)'}');
        }

        if (identify.Timestamp is { } timestamp)
        {
            output.WriteName("_timestamp"u8, ref first);
            output.WriteNumber(timestamp);
        }

        output.WriteByte((byte)'}');
        return new TrackApiRequest(TrackApiMethod.Put, PercentEncoding.Path("/api/v1/customers/", identify.Person.Value, ""), PersonRoute, output.Take());
    }

    private static TrackApiRequest Track(TrackApiOperation.TrackEvent track, ScratchBuffer output)
    {
        output.Write("{\"name\":"u8);
        output.WriteString(track.Name.Span);
        output.Write(track.Type switch
        {
            TrackEventType.Page => ",\"type\":\"page\""u8,
            TrackEventType.Screen => ",\"type\":\"screen\""u8,
            _ => default,
        });
        output.Write(",\"id\":\""u8);
        output.WriteAscii(track.EventId);
        output.Write("\",\"timestamp\":"u8);
        output.WriteNumber(track.Timestamp);
        if (track.Subject is EventSubject.Anonymous { AnonymousId: var anonymousId })
        {
            output.Write(",\"anonymous_id\":"u8);
            output.WriteString(anonymousId.Span);
        }

        output.Write(",\"data\":"u8);
        output.Write(track.Data.Span);
        output.WriteByte((byte)'}');
        return track.Subject is EventSubject.Known { Person: var person }
            ? new TrackApiRequest(TrackApiMethod.Post, PercentEncoding.Path("/api/v1/customers/", person.Value, "/events"), PersonEventsRoute, output.Take())
            : new TrackApiRequest(TrackApiMethod.Post, AnonymousEventsRoute, AnonymousEventsRoute, output.Take());
    }
}
