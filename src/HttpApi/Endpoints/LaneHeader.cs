using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.Model;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary>The header <c>X-Lane</c>: <c>import</c> for backfills, <c>live</c> or absent for the rest.</summary>
internal static class LaneHeader
{
    /// <summary>Reads it; false when it names no lane. <paramref name="lane"/> is null when it is absent.</summary>
    public static bool TryRead(HttpRequest request, out Lane? lane)
    {
        string? name = RequestHeaders.Read(request, RequestHeaders.Lane);
        lane = Codes.Parse<Lane>(name, ignoreCase: true);
        return name is null || lane is not null;
    }
}
