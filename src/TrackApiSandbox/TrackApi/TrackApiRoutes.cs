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
