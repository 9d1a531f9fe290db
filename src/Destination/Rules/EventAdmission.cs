using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Rules;

/// <summary>
/// Whether an event is meant to be sent at all. Asked at ingest, so that nothing unwanted is ever stored, and again at delivery, because
/// the answer may have changed while the event waited.
/// </summary>
internal static class EventAdmission
{
    /// <summary>Why the event is skipped; null when it is to be delivered.</summary>
    public static Skip? Decide(FreshpaintEvent source, DestinationRules rules, MappingSettings settings) =>
        source is FreshpaintEvent.Unsupported ? new Skip(SkipReason.UnsupportedType, null)
        : Integrations.Read(source.Head.Integrations) == IntegrationChoice.OptedOut ? new Skip(SkipReason.OptedOut, null)
        : DisabledBy(source, rules, settings) is { } rule ? new Skip(SkipReason.NotEnabled, rule)
        : null;

    private static string? DisabledBy(FreshpaintEvent source, DestinationRules rules, MappingSettings settings)
    {
        string? byKind = source switch
        {
            FreshpaintEvent.Identify { Head.FromBrowser: true } when settings.BrowserIdentify == BrowserIdentifyChoice.Off => "Ingest__BrowserIdentify",
            FreshpaintEvent.Identify => rules.Identify ? null : "identify",
            FreshpaintEvent.Page => rules.Pages ? null : "pages",
            FreshpaintEvent.Screen => rules.Screens ? null : "screens",
            FreshpaintEvent.Group => rules.Groups ? null : "groups",
            FreshpaintEvent.Alias => rules.Aliases ? null : "aliases",
            FreshpaintEvent.Track track => rules.DisabledEvents?.Matches(track.Name) == true ? "events.disabled"
                : rules.EnabledEvents?.Matches(track.Name) == false ? "events.enabled"
                : null,
            _ => null,
        };
        return byKind ?? DisabledBySource(source.Head, rules.Sources)
            ?? (rules.Anonymous || !IsOfAPerson(source, rules) || !Identity.IsAnonymous(source, settings) ? null : "anonymous");
    }

    // An identify, group or alias of a device only has an end of its own, and an event about an object is nobody's.
    private static bool IsOfAPerson(FreshpaintEvent source, DestinationRules rules) => source switch
    {
        FreshpaintEvent.Identify or FreshpaintEvent.Group or FreshpaintEvent.Alias => false,
        FreshpaintEvent.Track track => rules.Roles.Of(track.Name) is not (EventRole.UpdateObject or EventRole.DeleteObject),
        _ => true,
    };

    private static string? DisabledBySource(EventHead head, EventSources enabled) =>
        enabled == EventSources.All || (EventSource.Of(head) & enabled) != EventSources.None ? null : $"sources.{EventSource.NameOf(EventSource.Of(head))}";
}
