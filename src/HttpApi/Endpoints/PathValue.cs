using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary>The parameter a path ends with.</summary>
internal static class PathValue
{
    /// <summary>
    /// The last segment of the path. Read from the path itself: hosts differ in where they put route values, and every parameter of
    /// <see cref="ApiRoutes"/> is the last segment.
    /// </summary>
    public static string Last(HttpRequest request)
    {
        string path = (request.Path.Value ?? "").TrimEnd('/');
        return path[(path.LastIndexOf('/') + 1)..];
    }
}
