using System.Diagnostics;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.Mapping;

/// <summary>What an event becomes at Customer.io (mapping.md 2): pure, one line a kind, one file a mapping.</summary>
internal static class EventMapper
{
    /// <summary>Maps an event that is to be delivered.</summary>
    public static MappingResult Map(FreshpaintEvent source, MappingContext context) => source switch
    {
        FreshpaintEvent.Identify identify => IdentifyMapping.Map(identify, context),
        FreshpaintEvent.Track track => TrackMapping.Map(track, context),
        FreshpaintEvent.Page page => PageMapping.Map(page, context),
        FreshpaintEvent.Screen screen => ScreenMapping.Map(screen, context),
        FreshpaintEvent.Group group => GroupMapping.Map(group, context),
        FreshpaintEvent.Alias alias => AliasMapping.Map(alias, context),
        FreshpaintEvent.Unsupported => context.Skipped(SkipReason.UnsupportedType),
        _ => throw new UnreachableException(),
    };
}
