using CustomerIoDestination.Events;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>
/// A fact that Freshpaint adds to events and that is not sent by itself: a <c>$…</c> property, or something in <c>context</c>, where newer Freshpaint
/// libraries put campaign parameters.
/// </summary>
/// <param name="Path">Its path: the property, or what comes after <c>context</c>.</param>
/// <param name="InContext">Whether it is in the context.</param>
internal sealed record BuiltIn(PropertyPath Path, bool InContext)
{
    /// <summary>Its value in an event; missing when there is none.</summary>
    public JsonValue In(FreshpaintEvent source)
    {
        if (!InContext)
        {
            return Of(source, Path.Head);
        }

        JsonValue value = source.Head.Context;
        foreach (PathSegment segment in Path.Segments.AsSpan(1))
        {
            value = value[segment.Name.Span];
        }

        return value;
    }

    /// <summary>The value of a <c>$…</c> property, wherever the event's shape keeps it.</summary>
    public static JsonValue Of(FreshpaintEvent source, Utf8Text name)
    {
        PropertySet set = source switch
        {
            FreshpaintEvent.Identify identify => identify.Traits,
            FreshpaintEvent.Group group => group.Traits,
            FreshpaintEvent.Track track => track.Properties,
            FreshpaintEvent.Page page => page.Properties,
            FreshpaintEvent.Screen screen => screen.Properties,
            _ => default,
        };
        JsonValue value = set.Primary[name.Span];
        value = value.IsPresent || set.Names is PropertyNames.Page or PropertyNames.HttpApiPage ? value : set.Secondary[name.Span];
        return value.IsPresent ? value : source.Head.RawProperties[name.Span];
    }
}
