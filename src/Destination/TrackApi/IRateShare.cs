namespace CustomerIoDestination.TrackApi;

/// <summary>
/// The part of the workspace's rate this process may spend. Customer.io's limit is the workspace's, not the process's: where several
/// processes deliver, an implementation shares it out among them.
/// </summary>
public interface IRateShare
{
    /// <summary>Requests a second this process may send now; null when it may send none. Read before every request: it must answer at once.</summary>
    double? RequestsPerSecond { get; }

    /// <summary>Requests want to be sent: a share is needed. Called for every request, and again and again while requests wait: it must return at once.</summary>
    void Ask();
}
