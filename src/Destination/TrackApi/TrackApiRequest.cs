using System.Diagnostics;
using System.Text;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.TrackApi;

/// <summary>The HTTP methods of the Track API.</summary>
public enum TrackApiMethod
{
    /// <summary>GET.</summary>
    Get,

    /// <summary>POST.</summary>
    Post,

    /// <summary>PUT.</summary>
    Put,

    /// <summary>DELETE.</summary>
    Delete,
}

/// <summary>One call to the Track API as a value: what will be sent, nothing more. The path holds an identifier: never log it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path from the root, percent-encoded, for instance <c>/api/v1/customers/u%40x/events</c>.</param>
/// <param name="Route">The path's template, safe for logs and metrics, for instance <c>/api/v1/customers/{identifier}/events</c>.</param>
/// <param name="Body">The JSON body (UTF-8); empty for none. Lives as long as the mapping scope it was written in.</param>
public sealed record TrackApiRequest(TrackApiMethod Method, string Path, string Route, ReadOnlyMemory<byte> Body)
{
    /// <summary>Equal when method, path and body are, byte for byte.</summary>
    public bool Equals(TrackApiRequest? other) =>
        other is not null && Method == other.Method && Path == other.Path && Body.Span.SequenceEqual(other.Body.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Method, Path, Body.Length);

    /// <summary>The template only: identifiers and bodies stay out of logs.</summary>
    public override string ToString() => $"{Method.ToString().ToUpperInvariant()} {Route} ({Body.Length} bytes)";

    /// <summary>The body as text, for previews and tests.</summary>
    public string BodyText => Encoding.UTF8.GetString(Body.Span);
}

/// <summary>A request as it is to be made: where to, whose permit it takes, how patiently. What comes of it is the answer.</summary>
/// <param name="Request">What is sent; its memory lives until the answer is there.</param>
/// <param name="Root">The base URL.</param>
/// <param name="Authorization">The value of the header; a secret.</param>
/// <param name="Lane">Whose permit it takes.</param>
/// <param name="Stopping">Ends waits for a permit and quick retries. A request on the wire is finished all the same: whether it was taken must be known.</param>
internal sealed record TrackApiCall(TrackApiRequest Request, Uri Root, string Authorization, Lane Lane, CancellationToken Stopping)
{
    /// <summary>The most bytes of the answer's body that are read.</summary>
    public int MaxAnswerBytes { get; init; } = 64 * 1024;

    /// <summary>Whether quick retries are made.</summary>
    public bool MayRepeat { get; init; } = true;

    /// <summary>Asked once there is a permit, before each call: whether it is still to be made. Null for yes.</summary>
    public Func<ValueTask<bool>>? MayGo { get; init; }

    /// <summary>Told when the call failed and is made again at once, with what it came to and after how long. Null where nobody asks.</summary>
    public Action<TrackApiAnswer.Unavailable, TimeSpan>? Repeats { get; init; }

    /// <summary>Whether the answer is a region's.</summary>
    public bool IsPing => Request.Path == RegionAnswer.Path;

    /// <summary>The template only: identifiers and credentials stay out of logs.</summary>
    public override string ToString() => Request.ToString();
}

/// <summary>A request was not to be made any more when it got its permit. Nothing was sent.</summary>
internal sealed class WithdrawnException() : InvalidOperationException("The request is not to be made any more.");

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
