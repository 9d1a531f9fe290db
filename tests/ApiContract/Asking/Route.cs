namespace CustomerIoDestination.ApiContract.Asking;

/// <summary>A route of the API as its document says it, with a path that fits it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">A path from the root.</param>
/// <param name="KeyHeader">The header its key goes into; null when it needs none.</param>
/// <param name="ChangesSomething">Whether it needs <c>X-Requested-With</c>.</param>
public sealed record Route(string Method, string Path, string? KeyHeader = null, bool ChangesSomething = false)
{
    private const string Ingest = "X-Ingest-Key";
    private const string Admin = "X-Admin-Key";

    /// <summary>Every route there is.</summary>
    public static IReadOnlyList<Route> All { get; } =
    [
        new("POST", "/api/events", Ingest),
        new("POST", "/api/preview", Admin),
        new("GET", "/api/health"),
        new("GET", "/api/status", Admin),
        new("GET", "/api/deliveries", Admin),
        new("GET", "/api/events/01M3250V00EVVPHFB7WBW8NM2P", Admin),
        new("POST", "/api/destination/resume", Admin, ChangesSomething: true),
        new("GET", "/api/dead-letters", Admin),
        new("GET", "/api/dead-letters/1", Admin),
        new("POST", "/api/dead-letters/replay", Admin, ChangesSomething: true),
        new("POST", "/api/dead-letters/discard", Admin, ChangesSomething: true),
        new("POST", "/api/people/forget", Admin, ChangesSomething: true),
        new("DELETE", "/api/people/forget", Admin, ChangesSomething: true),
        new("GET", "/"),
        new("GET", "/page/app.js"),
    ];

    /// <summary>The route that prints so.</summary>
    public static Route Of(string text) => All.Single(route => route.ToString() == text);

    /// <summary>Method and path, as tests are named by.</summary>
    public override string ToString() => $"{Method} {Path}";
}
