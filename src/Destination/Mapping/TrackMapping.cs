using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;

namespace CustomerIoDestination.Mapping;

/// <summary>
/// A track becomes an event of the person, or of the device while nobody is known; unless the rules give its name a meaning: a device, an object, or the
/// end of a person.
/// </summary>
internal static class TrackMapping
{
    /// <summary>Maps a track.</summary>
    public static MappingResult Map(FreshpaintEvent.Track track, MappingContext context) => RoleOf(context) switch
    {
        EventRole.DeletePerson => Lifecycle(track, LifecycleChange.Delete, context),
        EventRole.SuppressPerson => Lifecycle(track, LifecycleChange.Suppress, context),
        EventRole.UnsuppressPerson => Lifecycle(track, LifecycleChange.Unsuppress, context),
        EventRole.UpdateObject => GroupMapping.Update(track, context),
        EventRole.DeleteObject => GroupMapping.Delete(track, context),
        EventRole.AddDevice => DeviceMapping.Add(track, context),
        EventRole.RemoveDevice => DeviceMapping.Remove(track, context),
        _ => Plain(track, context),
    };

    /// <summary>Maps a track as one without a meaning of its own.</summary>
    public static MappingResult Plain(FreshpaintEvent.Track track, MappingContext context) =>
        EventData.Track(track, TrackEventType.Event, EventData.Name(track.Name, context), track.Properties, context);

    // By the name it came in with, whatever the rules call it. A write key, which everybody can read in the page, is no leave to delete an object or to have
    // somebody's messages sent to another device.
    private static EventRole RoleOf(MappingContext context)
    {
        EventRole role = context.Given is FreshpaintEvent.Track given ? context.Rules.Roles.Of(given.Name) : EventRole.None;
        if (!context.Envelope.FromBrowser || role is not (EventRole.UpdateObject or EventRole.DeleteObject or EventRole.AddDevice or EventRole.RemoveDevice))
        {
            return role;
        }

        context.Warn(WarningCode.BrowserLeftOut, "event", "it came with a write key, so it changes no object and no device; it is sent as a plain event");
        return EventRole.None;
    }

    private static MappingResult Lifecycle(FreshpaintEvent.Track track, LifecycleChange change, MappingContext context)
    {
        PersonIdentifier? person = IdentityMapping.Of(track, context).Person;
        if (WhyRefused(track, person, context) is { } reason)
        {
            context.Warn(WarningCode.LifecycleRefused, "event", $"it would delete or suppress somebody, but {reason}; it is sent as a plain event");
            return Plain(track, context);
        }

        return context.Result(new TrackApiOperation.ChangeLifecycle(person!.Value, change));
    }

    private static string? WhyRefused(FreshpaintEvent.Track track, PersonIdentifier? person, MappingContext context) =>
        !context.Envelope.LifecycleAllowed ? "the request had no lifecycle key"
        : (context.Rules.LifecycleSources & EventSource.Of(track.Head)) == EventSources.None ? "lifecycle.sources does not name where it comes from"
        : person is null ? "it names no person"
        : null;
}
