using CustomerIoDestination.Model;

namespace CustomerIoDestination.TrackApi;

/// <summary>A request as it is to be made: where to, whose permit it takes, how patiently. What comes of it is the answer.</summary>
/// <param name="Request">What is sent; its memory lives until the answer is there.</param>
/// <param name="Root">The base URL.</param>
/// <param name="Authorization">The value of the header; a secret.</param>
/// <param name="Lane">Whose permit it takes.</param>
/// <param name="Stopping">Ends waits for a permit and quick retries. A request on the wire is finished all the same: whether it was taken must be known.</param>
internal sealed record TrackApiCall(TrackApiRequest Request, Uri Root, string Authorization, Lane Lane, CancellationToken Stopping)
{
    /// <summary>The most bytes of the answer's body that are read.</summary>
    public int MaxAnswerBytes { get; init; } = 64 * 1024;

    /// <summary>Whether quick retries are made.</summary>
    public bool MayRepeat { get; init; } = true;

    /// <summary>Whether the answer is a region's.</summary>
    public bool IsPing => Request.Path == RegionAnswer.Path;

    /// <summary>The template only: identifiers and credentials stay out of logs.</summary>
    public override string ToString() => Request.ToString();
}
