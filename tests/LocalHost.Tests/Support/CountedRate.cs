using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.LocalHost.Tests.Support;

/// <summary>The whole rate, and a count of the requests that wanted to be sent.</summary>
internal sealed class CountedRate(double requestsPerSecond) : IRateShare
{
    private long _asked;

    public double? RequestsPerSecond => requestsPerSecond;

    /// <summary>Requests that asked for a permit so far.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    public void Ask() => Interlocked.Increment(ref _asked);
}
