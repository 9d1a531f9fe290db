using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Pacing;

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
