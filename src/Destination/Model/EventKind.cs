using System.Diagnostics;

namespace CustomerIoDestination.Model;

/// <summary>The kinds of Freshpaint events, as the webhook's <c>type</c> and the HTTP API's reserved names tell them apart.</summary>
public enum EventKind
{
    /// <summary>Facts about a person.</summary>
    Identify,

    /// <summary>Something that happened.</summary>
    Track,

    /// <summary>A page was viewed.</summary>
    Page,

    /// <summary>A screen of a mobile app was viewed.</summary>
    Screen,

    /// <summary>A person belongs to a group (a Customer.io object).</summary>
    Group,

    /// <summary>Two identifiers are one person.</summary>
    Alias,

    /// <summary>A type this product does not know.</summary>
    Unsupported,
}

/// <summary>The names of <see cref="EventKind"/> on the wire: message ids, JSON, logs.</summary>
public static class EventKindCodes
{
    /// <summary>The lower-case name, for instance <c>identify</c>.</summary>
    public static string ToCode(this EventKind kind) => kind switch
    {
        EventKind.Identify => "identify",
        EventKind.Track => "track",
        EventKind.Page => "page",
        EventKind.Screen => "screen",
        EventKind.Group => "group",
        EventKind.Alias => "alias",
        EventKind.Unsupported => "unsupported",
        _ => throw new UnreachableException(),
    };

    /// <summary>Reads what <see cref="ToCode"/> wrote.</summary>
    public static bool TryParse(string? code, out EventKind kind)
    {
        foreach (EventKind candidate in Enum.GetValues<EventKind>())
        {
            if (candidate.ToCode() == code)
            {
                kind = candidate;
                return true;
            }
        }

        kind = EventKind.Unsupported;
        return false;
    }
}
