using System.Threading.RateLimiting;

namespace CustomerIoDestination.Pacing;

/// <summary>A permit as the resilience pipeline wants it. There is nothing to give back, so one serves all.</summary>
internal sealed class Permit : RateLimitLease
{
    private Permit()
    {
    }

    public static Permit Granted { get; } = new();

    public override bool IsAcquired => true;

    public override IEnumerable<string> MetadataNames => [];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = null;
        return false;
    }
}
