namespace CustomerIoDestination.HttpApi.Authentication;

/// <summary>What a caller must show to use a route.</summary>
public enum RouteRequirement
{
    /// <summary>Nothing: the route holds no data.</summary>
    Public,

    /// <summary>The ingest key or a signature. Never opens a route that reads.</summary>
    Ingest,

    /// <summary>The admin key.</summary>
    Admin,
}
