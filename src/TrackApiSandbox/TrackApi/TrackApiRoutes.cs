using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace TrackApiSandbox.TrackApi;

/// <summary>Method and path → operation.</summary>
internal static class TrackApiRoutes
{
    public static TrackApiRoute Find(string method, string[] segments) => segments switch
    {
        ["api", "v1", "customers", _] => method switch
        {
            "PUT" => TrackApiRoute.Identify,
            "DELETE" => TrackApiRoute.DeletePerson,
            _ => TrackApiRoute.MethodNotAllowed,
        },
        ["api", "v1", "customers", _, "events"] => Only("POST", method, TrackApiRoute.RecordEvent),
        ["api", "v1", "customers", _, "devices"] => Only("PUT", method, TrackApiRoute.AddDevice),
        ["api", "v1", "customers", _, "devices", _] => Only("DELETE", method, TrackApiRoute.DeleteDevice),
        ["api", "v1", "customers", _, "suppress"] => Only("POST", method, TrackApiRoute.Suppress),
        ["api", "v1", "customers", _, "unsuppress"] => Only("POST", method, TrackApiRoute.Unsuppress),
        ["api", "v1", "events"] => Only("POST", method, TrackApiRoute.RecordAnonymousEvent),
        ["api", "v1", "merge_customers"] => Only("POST", method, TrackApiRoute.Merge),
        ["api", "v1", "accounts", "region"] => Only("GET", method, TrackApiRoute.Region),
        ["api", "v2", "entity"] => Only("POST", method, TrackApiRoute.Entity),
        ["api", "v2", "batch"] => Only("POST", method, TrackApiRoute.Batch),
        _ => TrackApiRoute.NotFound,
    };

    /// <summary>Method and path without identifiers, for totals.</summary>
    public static string Template(TrackApiRoute route) => route switch
    {
        TrackApiRoute.Region => "GET /api/v1/accounts/region",
        TrackApiRoute.Identify => "PUT /api/v1/customers/{identifier}",
        TrackApiRoute.DeletePerson => "DELETE /api/v1/customers/{identifier}",
        TrackApiRoute.AddDevice => "PUT /api/v1/customers/{identifier}/devices",
        TrackApiRoute.DeleteDevice => "DELETE /api/v1/customers/{identifier}/devices/{device_id}",
        TrackApiRoute.Suppress => "POST /api/v1/customers/{identifier}/suppress",
        TrackApiRoute.Unsuppress => "POST /api/v1/customers/{identifier}/unsuppress",
        TrackApiRoute.RecordEvent => "POST /api/v1/customers/{identifier}/events",
        TrackApiRoute.RecordAnonymousEvent => "POST /api/v1/events",
        TrackApiRoute.Merge => "POST /api/v1/merge_customers",
        TrackApiRoute.Entity => "POST /api/v2/entity",
        TrackApiRoute.Batch => "POST /api/v2/batch",
        TrackApiRoute.MethodNotAllowed => "method not allowed",
        _ => "not found",
    };

    private static TrackApiRoute Only(string allowed, string method, TrackApiRoute route) =>
        method == allowed ? route : TrackApiRoute.MethodNotAllowed;
}

/// <summary>The operations the sandbox knows (https://docs.customer.io/api/track/), and what is none.</summary>
internal enum TrackApiRoute
{
    Region,
    Identify,
    DeletePerson,
    AddDevice,
    DeleteDevice,
    Suppress,
    Unsuppress,
    RecordEvent,
    RecordAnonymousEvent,
    Merge,
    Entity,
    Batch,

    /// <summary>A known path with another method.</summary>
    MethodNotAllowed,

    /// <summary>No path of the Track API, or one the sandbox leaves out (segments, forms, metrics).</summary>
    NotFound,
}

/// <summary>
/// The documented limits, in bytes of UTF-8 unless said otherwise (https://docs.customer.io/api/track/, section Limits, and
/// https://docs.customer.io/journeys/invalid-api-requests). How nested values are measured is not documented: here, as the JSON that was sent.
/// </summary>
internal static class TrackApiLimits
{
    /// <summary>Of an id; for an e-mail as identifier none is documented.</summary>
    public const int MaxPersonIdBytes = 150;

    public const int MaxObjectIdBytes = 150;
    public const int MaxAttributeNameBytes = 150;
    public const int MaxAttributeValueBytes = 1_000;

    /// <summary>Attributes in one identify call, or of one object or relationship.</summary>
    public const int MaxAttributes = 300;

    public const int MaxEventNameBytes = 100;

    /// <summary>Characters; above it the API has a second text of its own.</summary>
    public const int MaxEventNameCharacters = 500;

    public const int MaxEventDataBytes = 100_000;

    /// <summary>Documented as "32kb"; the smaller reading is taken, so that what passes here passes there.</summary>
    public const int MaxItemBytes = 32_000;

    /// <summary>Documented as "500kb"; the smaller reading is taken.</summary>
    public const int MaxBatchBytes = 500_000;

    /// <summary>Bound of the sandbox itself, far above any documented limit: more is answered with 413.</summary>
    public const int MaxBodyBytes = 4 * 1024 * 1024;

    public static bool IsLonger(string text, int bytes) => text.Length > bytes || (text.Length * 3 > bytes && Encoding.UTF8.GetByteCount(text) > bytes);

    /// <summary>A text by its own bytes, anything else by its JSON as sent.</summary>
    public static bool IsLonger(JsonElement value, int bytes)
    {
        int raw = JsonMarshal.GetRawUtf8Value(value).Length;
        return value.ValueKind is JsonValueKind.String
            ? raw - 2 > bytes && IsLonger(value.GetString()!, bytes)
            : raw > bytes;
    }
}
