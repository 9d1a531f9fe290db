using System.Net;
using CustomerIoDestination.HttpApi.Answers;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Authentication;

/// <summary>
/// What stands in for a key on a host without keys: the caller is on this machine, calls it by its own name, and is no page of another site. A browser
/// sends requests to localhost for any page that asks, so being local proves nothing by itself.
/// </summary>
internal static class LoopbackRule
{
    /// <summary>Why the request is refused; null when it is not.</summary>
    /// <param name="request">The request.</param>
    /// <param name="anyPage">Whether another site's page may ask: it shows a write key, which counts with its own origin only.</param>
    public static ApiError? Refuse(HttpRequest request, bool anyPage = false)
    {
        // In-memory servers have no remote address.
        if (request.HttpContext.Connection.RemoteIpAddress is { } caller && !IPAddress.IsLoopback(caller))
        {
            return ApiErrors.NotLoopback;
        }

        if (!IsThisMachine(request.Host))
        {
            return ApiErrors.ForeignHost;
        }

        return !anyPage && IsForeignPage(request) ? ApiErrors.ForeignOrigin : null;
    }

    private static bool IsThisMachine(HostString host)
    {
        string name = host.Host;
        return string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out IPAddress? address) && IPAddress.IsLoopback(address));
    }

    private static bool IsForeignPage(HttpRequest request)
    {
        if (string.Equals(RequestHeaders.Read(request, "Sec-Fetch-Site"), "cross-site", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        string? origin = RequestHeaders.Read(request, "Origin");
        return origin is not null && !string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }
}
