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

    /// <summary>The template of the route for a person's devices.</summary>
    public const string DevicesRoute = "/api/v1/customers/{identifier}/devices";

    /// <summary>The template of the route for one of them.</summary>
    public const string DeviceRoute = "/api/v1/customers/{identifier}/devices/{token}";

    /// <summary>The template of the route that suppresses a person.</summary>
    public const string SuppressRoute = "/api/v1/customers/{identifier}/suppress";

    /// <summary>The template of the route that ends a suppression.</summary>
    public const string UnsuppressRoute = "/api/v1/customers/{identifier}/unsuppress";

    /// <summary>The route that merges people.</summary>
    public const string MergeRoute = "/api/v1/merge_customers";

    /// <summary>The route for objects, which have no v1 form.</summary>
    public const string EntityRoute = "/api/v2/entity";

    private const string People = "/api/v1/customers/";

    /// <summary>Writes the request into the buffer; its body lives as long as the buffer's content.</summary>
    public static TrackApiRequest Write(TrackApiOperation operation, ScratchBuffer output) => operation switch
    {
        TrackApiOperation.IdentifyPerson identify => Identify(identify, output),
        TrackApiOperation.TrackEvent track => Track(track, output),
        TrackApiOperation.ChangeObject change => Entity(change, output),
        TrackApiOperation.AddDevice add => AddDevice(add, output),
        TrackApiOperation.RemoveDevice remove => RemoveDevice(remove),
        TrackApiOperation.MergePeople merge => Merge(merge, output),
        TrackApiOperation.ChangeLifecycle change => Lifecycle(change),
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
        return new TrackApiRequest(TrackApiMethod.Put, PercentEncoding.Path(People, identify.Person.Value, ""), PersonRoute, output.Take());
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
            ? new TrackApiRequest(TrackApiMethod.Post, PercentEncoding.Path(People, person.Value, "/events"), PersonEventsRoute, output.Take())
            : new TrackApiRequest(TrackApiMethod.Post, AnonymousEventsRoute, AnonymousEventsRoute, output.Take());
    }

    private static TrackApiRequest Entity(TrackApiOperation.ChangeObject change, ScratchBuffer output)
    {
        output.Write(change.Entity.Span);
        return new TrackApiRequest(TrackApiMethod.Post, EntityRoute, EntityRoute, output.Take());
    }

    private static TrackApiRequest AddDevice(TrackApiOperation.AddDevice add, ScratchBuffer output)
    {
        output.Write("{\"device\":{\"id\":"u8);
        WriteDevice(add.Device, output);
        output.Write("}}"u8);
        return new TrackApiRequest(TrackApiMethod.Put, PercentEncoding.Path(People, add.Person.Value, "/devices"), DevicesRoute, output.Take());
    }

    private static TrackApiRequest RemoveDevice(TrackApiOperation.RemoveDevice remove) => new(
        TrackApiMethod.Delete, PercentEncoding.Path(People, remove.Person.Value, "") + PercentEncoding.Path("/devices/", remove.Token, ""), DeviceRoute, default);

    private static TrackApiRequest Merge(TrackApiOperation.MergePeople merge, ScratchBuffer output)
    {
        output.WriteByte((byte)'{');
        WriteMerge(merge, output);
        output.WriteByte((byte)'}');
        return new TrackApiRequest(TrackApiMethod.Post, MergeRoute, MergeRoute, output.Take());
    }

    private static TrackApiRequest Lifecycle(TrackApiOperation.ChangeLifecycle change)
    {
        (TrackApiMethod method, string after, string route) = change.Change switch
        {
            LifecycleChange.Delete => (TrackApiMethod.Delete, "", PersonRoute),
            LifecycleChange.Suppress => (TrackApiMethod.Post, "/suppress", SuppressRoute),
            LifecycleChange.Unsuppress => (TrackApiMethod.Post, "/unsuppress", UnsuppressRoute),
            _ => throw new UnreachableException(),
        };
        return new TrackApiRequest(method, PercentEncoding.Path(People, change.Person.Value, after), route, default);
    }

    /// <summary>Writes a device from its token on, without the braces: only the token's name differs between v1 and v2.</summary>
    internal static void WriteDevice(PersonDevice device, ScratchBuffer output)
    {
        output.WriteString(device.Token.Span);
        output.Write(device.IsApple ? ",\"platform\":\"ios\",\"last_used\":"u8 : ",\"platform\":\"android\",\"last_used\":"u8);
        output.WriteNumber(device.LastUsed);
        if (device.AppVersion is { } version)
        {
            output.Write(",\"attributes\":{\"app_version\":"u8);
            output.WriteString(version.Span);
            output.WriteByte((byte)'}');
        }
    }

    /// <summary>Writes who is merged into whom, without the braces.</summary>
    internal static void WriteMerge(TrackApiOperation.MergePeople merge, ScratchBuffer output)
    {
        output.Write("\"primary\":"u8);
        merge.Primary.Write(output);
        output.Write(",\"secondary\":"u8);
        merge.Secondary.Write(output);
    }
}
