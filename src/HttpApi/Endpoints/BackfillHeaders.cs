using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.Model;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary>The headers of backfills: <c>X-Lane</c>, <c>import</c> or <c>live</c>, and <c>X-As-Of-Now</c>, <c>true</c> or <c>false</c>; without them it is none.</summary>
internal static class BackfillHeaders
{
    /// <summary>Reads the lane; false when the header names none. <paramref name="lane"/> is null when it is absent.</summary>
    public static bool TryReadLane(HttpRequest request, out Lane? lane)
    {
        string? name = RequestHeaders.Read(request, RequestHeaders.Lane);
        lane = Codes.Parse<Lane>(name, ignoreCase: true);
        return name is null || lane is not null;
    }

    /// <summary>Reads whether identifies count as of now; false when the header says neither yes nor no.</summary>
    public static bool TryReadAsOfNow(HttpRequest request, out bool asOfNow)
    {
        string? text = RequestHeaders.Read(request, RequestHeaders.AsOfNow);
        asOfNow = false;
        return text is null || bool.TryParse(text, out asOfNow);
    }
}
