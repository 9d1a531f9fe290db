using CustomerIoDestination.Events;

namespace CustomerIoDestination.Mapping;

/// <summary>A track becomes an event of the person, or of the device while nobody is known.</summary>
internal static class TrackMapping
{
    /// <summary>Maps a track.</summary>
    public static MappingResult Map(FreshpaintEvent.Track track, MappingContext context) =>
        EventData.Track(track, TrackEventType.Event, EventData.Name(track.Name, context), track.Properties, context);
}
