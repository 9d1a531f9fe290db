using CustomerIoDestination.Json;
using CustomerIoDestination.Mapping;

namespace CustomerIoDestination.Ingest;

/// <summary>
/// Whether an event is meant to be sent at all. Asked at ingest, so that nothing unwanted is ever stored, and again at delivery, because
/// the answer may have changed while the event waited.
/// </summary>
internal static class EventAdmission
{
    /// <summary>Why the event is skipped; null when it is to be delivered.</summary>
    public static SkipReason? Decide(FreshpaintEvent source) =>
        source is FreshpaintEvent.Undelivered ? SkipReason.UnsupportedType
        : IsOptedOut(source.Head.Integrations) ? SkipReason.OptedOut
        : null;

    // {"Customer.io": false}, or {"All": false} with neither Customer.io nor Webhooks (the way events come here) let through by name.
    private static bool IsOptedOut(JsonValue integrations)
    {
        JsonKind own = integrations["Customer.io"u8].Kind;
        JsonKind webhooks = integrations["Webhooks"u8].Kind;
        return own == JsonKind.False
            || (integrations["All"u8].Kind == JsonKind.False && !LetsThrough(own) && !LetsThrough(webhooks));
    }

    private static bool LetsThrough(JsonKind kind) => kind is not (JsonKind.Missing or JsonKind.False or JsonKind.Null);
}
