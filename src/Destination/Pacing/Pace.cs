using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Pacing;

/// <summary>
/// The generic cell rate algorithm (ITU-T I.371) over a rate that halves at a 429 and recovers. Pure: time is given in seconds since
/// some start, and must not run backwards. In any sliding second it grants at most 1.025 times the limit, or the limit itself where that is below 33.
/// </summary>
internal struct Pace
{
    /// <summary>Of the limit: what is left covers rounding and the network's jitter.</summary>
    public const double Headroom = 0.995;

    /// <summary>Of the limit, at once, after a pause: late timers catch up with it.</summary>
    public const double Burst = 0.03;

    /// <summary>Seconds a small rate may catch up, too: no more than the headroom leaves.</summary>
    public const double SmallestSlack = 0.005;

    /// <summary>Of the limit: the least a run of 429 leads to.</summary>
    public const double Floor = 0.1;

    /// <summary>Of the limit, each second after a 429.</summary>
    public const double Recovery = 0.05;

    /// <summary>Of the limit: where it begins at the start and after an idle minute. Connections must be opened then and code compiled, so that what goes out arrives late and together.</summary>
    public const double RampFrom = 0.25;

    /// <summary>Seconds until it has grown to the whole limit.</summary>
    public const double RampSeconds = 2;

    /// <summary>Seconds without a request after which connections are closed (<see cref="System.Net.Http.SocketsHttpHandler.PooledConnectionIdleTimeout"/>).</summary>
    public const double IdleSeconds = 60;

    private const double SecondsBetweenHalvings = 1;

    private double _due;
    private double _share;
    private double _shareAt;
    private double _halvedAt;
    private double _takenAt;
    private double _rampAt;

    /// <summary>A pace at full rate from a start.</summary>
    public static Pace At(double now) => new() { _due = now, _share = 1, _shareAt = now, _halvedAt = double.NegativeInfinity, _takenAt = double.NegativeInfinity };

    /// <summary>The part of the limit allowed now, from <see cref="Floor"/> to 1.</summary>
    public readonly double Share(double now) => Math.Min(1, _share + (Recovery * (now - _shareAt)));

    /// <summary>Seconds until the next permit; zero or less when there is one now.</summary>
    public readonly double Wait(double now, double limit) => _due - Slack(limit) - now;

    /// <summary>Takes a permit.</summary>
    public void Take(double now, double limit)
    {
        _rampAt = now - _takenAt > IdleSeconds ? now : _rampAt;
        _takenAt = now;
        double ramp = Math.Min(1, RampFrom + ((1 - RampFrom) * (now - _rampAt) / RampSeconds));
        _due = Math.Max(_due, now) + (1 / (Headroom * limit * Share(now) * ramp));
    }

    /// <summary>Customer.io asked for nothing at all until then.</summary>
    public void Hold(double until, double limit) => _due = Math.Max(_due, until + Slack(limit));

    /// <summary>Customer.io asked for less. False when it was lowered within this second already.</summary>
    public bool Halve(double now)
    {
        if (now - _halvedAt < SecondsBetweenHalvings)
        {
            return false;
        }

        _share = Math.Max(Floor, Share(now) / 2);
        _shareAt = now;
        _halvedAt = now;
        return true;
    }

    private static double Slack(double limit)
    {
        double burst = Math.Max(1, Burst * limit);
        return Math.Max(SmallestSlack, (burst - 1) / (Headroom * limit));
    }
}

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
