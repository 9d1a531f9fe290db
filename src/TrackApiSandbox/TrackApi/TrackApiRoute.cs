namespace TrackApiSandbox.TrackApi;

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
