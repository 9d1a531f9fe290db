using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Pacing;

/// <summary>
/// The part of the workspace's rate this process may spend. Customer.io's limit is the workspace's, not the process's: where several
/// processes deliver, an implementation shares it out among them.
/// </summary>
public interface IRateShare
{
    /// <summary>Requests a second this process may send now; null when it may send none. Read before every request: it must answer at once.</summary>
    double? RequestsPerSecond { get; }

    /// <summary>A request wants to be sent: a share is needed. Called once for every request; it must return at once.</summary>
    void Ask();

    /// <summary>Requests that asked before still wait for their turn. Called again and again, at no particular rate; it must return at once.</summary>
    /// <param name="requests">How many wait now, at least 1.</param>
    void StillWaiting(int requests);
}

/// <summary>The whole configured rate, for the only process that delivers.</summary>
internal sealed class WholeRate(DeliverySettings settings) : IRateShare
{
    public double? RequestsPerSecond { get; } = settings.RequestsPerSecond;

    public void Ask()
    {
        // It is always there.
    }

    public void StillWaiting(int requests)
    {
        // As above.
    }
}
