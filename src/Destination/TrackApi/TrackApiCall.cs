using System.Net;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.TrackApi;

/// <summary>
/// One request on its way through the HTTP pipeline, and what came back. A repeat inside the pipeline is the same message again, so the
/// content must be one that can be read twice.
/// </summary>
internal sealed class TrackApiCall : HttpRequestMessage
{
    public TrackApiCall(HttpMethod method, Uri uri, string route, Lane lane, CancellationToken stopping)
        : base(method, uri)
    {
        Route = route;
        Lane = lane;
        Stopping = stopping;
        Version = HttpVersion.Version20;
        VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
    }

    /// <summary>The path's template: the only form of the path that telemetry may see.</summary>
    public string Route { get; }

    /// <summary>Whose permit it takes.</summary>
    public Lane Lane { get; }

    /// <summary>Ends waits for a permit and quick retries. A request on the wire is finished all the same: whether it was taken must be known.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>The most bytes of the answer's body that are read.</summary>
    public int MaxAnswerBytes { get; init; } = 64 * 1024;

    /// <summary>Whether quick retries are made.</summary>
    public bool MayRepeat { get; set; } = true;

    /// <summary>Whether the answer is a region's.</summary>
    public bool IsPing { get; init; }

    /// <summary>How often it was sent.</summary>
    public int Calls { get; set; }

    /// <summary>The last answer, or why there was none; null before the first.</summary>
    public TrackApiAnswer? Answer { get; set; }
}
