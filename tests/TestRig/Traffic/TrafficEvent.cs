using System.Text.Json.Nodes;

namespace CustomerIoDestination.TestRig.Traffic;

/// <summary>One event that is sent.</summary>
/// <param name="Number">Its place in all traffic; its time is so many seconds after <see cref="Start"/>, which names it on every wire.</param>
/// <param name="Body">The event.</param>
/// <param name="DeadLetter">The reason for which it must end as a dead letter; null when it must arrive.</param>
internal sealed record TrafficEvent(int Number, JsonObject Body, string? DeadLetter = null)
{
    /// <summary>The time of the traffic's first event, in Unix seconds.</summary>
    public const long Start = 1_790_000_000;

    /// <summary>The most events of one device.</summary>
    public const int PerDevice = 16;

    /// <summary>The device it belongs to.</summary>
    public int Device => Number / PerDevice;

    /// <summary>The event at a time.</summary>
    public static int NumberAt(long unixSeconds) => (int)(unixSeconds - Start);
}
