using CustomerIoDestination.TestRig.Traffic;

namespace CustomerIoDestination.Chaos.Plan;

/// <summary>How much chaos.</summary>
internal sealed record ChaosOptions
{
    // Over all kinds of devices.
    private const double EventsPerDevice = 9.1;

    private static readonly TimeSpan ShortestLimit = TimeSpan.FromSeconds(5);

    /// <summary>What CI runs.</summary>
    public static ChaosOptions Short { get; } = new();

    /// <summary>About how many events are sent.</summary>
    public int Events { get; init; } = 5_000;

    /// <summary>How often the host is killed, at least once.</summary>
    public int Kills { get; init; } = 4;

    /// <summary>Makes the plan repeatable. What happens between two kills is up to the machine.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The host's <c>Delivery__RequestsPerSecond</c>.</summary>
    public int RequestsPerSecond { get; init; } = 1_000;

    /// <summary>The queue the host runs on.</summary>
    public ChaosQueue Queue { get; init; }

    /// <summary>A kill comes after so long in any case, for with a full disk nothing is accepted: half as long again as the events of a life take.</summary>
    public TimeSpan LongestLife
    {
        get
        {
            var events = TimeSpan.FromSeconds(1.5 * Events / (Kills + 1) / RequestsPerSecond);
            return events > ShortestLimit ? events : ShortestLimit;
        }
    }

    /// <summary>How many devices send.</summary>
    public int Devices => Math.Max(1, (int)(Events / EventsPerDevice));

    /// <summary>What a device sends.</summary>
    public DeviceTraffic Traffic(int device) => DeviceTraffic.Of(Seed, device, withDeadLetters: true);
}
