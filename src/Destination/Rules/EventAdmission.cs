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
        source is FreshpaintEvent.Undelivered ? new Skip(SkipReason.UnsupportedType, null)
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
            FreshpaintEvent.Track track => rules.DisabledEvents?.Matches(track.Name) == true ? "events.disabled"
                : rules.EnabledEvents?.Matches(track.Name) == false ? "events.enabled"
                : null,
            _ => null,
        };
        return byKind ?? DisabledBySource(source.Head, rules.Sources)
            ?? (rules.Anonymous || source is FreshpaintEvent.Identify || !Identity.IsAnonymous(source, settings) ? null : "anonymous");
    }

    private static string? DisabledBySource(EventHead head, EventSources enabled) =>
        enabled == EventSources.All || (EventSource.Of(head) & enabled) != EventSources.None ? null : $"sources.{EventSource.NameOf(EventSource.Of(head))}";
}
