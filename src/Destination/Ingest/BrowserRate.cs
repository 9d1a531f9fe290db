using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using CustomerIoDestination.Telemetry;

namespace CustomerIoDestination.Ingest;

/// <summary>
/// How many requests with a write key are taken: so many a minute of a device, ten times as many of an address, of those at most a device's at once. It bounds
/// a page that went wild and one stranger; many strangers it does not. Neither identifiers nor addresses are kept, only a number for each, and that for about a
/// minute. Thread-safe; one a process, so several instances of the Functions app take as many each.
/// </summary>
public sealed class BrowserRate : IDisposable
{
    private const int AddressShare = 10;
    private const int SegmentsPerWindow = 6;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<UInt128> _devices;
    private readonly PartitionedRateLimiter<UInt128> _addresses;
    private readonly DestinationMetrics _metrics;

    /// <summary>Starts with nothing used.</summary>
    /// <param name="perMinute">The requests a minute of a device.</param>
    /// <param name="metrics">Where refusals are counted.</param>
    public BrowserRate(int perMinute, DestinationMetrics metrics)
    {
        var device = new SlidingWindowRateLimiterOptions { PermitLimit = perMinute, Window = Window, SegmentsPerWindow = SegmentsPerWindow };
        var address = new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = Window / (perMinute * AddressShare),
        };
        _devices = PartitionedRateLimiter.Create<UInt128, UInt128>(key => RateLimitPartition.GetSlidingWindowLimiter(key, _ => device));
        _addresses = PartitionedRateLimiter.Create<UInt128, UInt128>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => address));
        _metrics = metrics;
    }

    /// <summary>A number for a device, from which nobody reads the device.</summary>
    internal static UInt128 KeyOf(ReadOnlySpan<byte> device)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(device, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>Takes one request of an address; where it may not be taken, how long to wait.</summary>
    /// <param name="address">The address; null where the server knows none, which all such share. Of IPv6 the network (/64) counts, as one customer has it.</param>
    public TimeSpan? WhyWait(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        (address?.MapToIPv6() ?? IPAddress.IPv6None).TryWriteBytes(bytes, out _);
        if (address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
        {
            bytes[8..].Clear();
        }

        return WhyWait(_addresses, BinaryPrimitives.ReadUInt128BigEndian(bytes), "address");
    }

    /// <summary>Takes one request of a device; where it may not be taken, how long to wait.</summary>
    internal TimeSpan? WhyWait(UInt128 device) => WhyWait(_devices, device, "device");

    /// <inheritdoc/>
    public void Dispose()
    {
        _devices.Dispose();
        _addresses.Dispose();
    }

    private TimeSpan? WhyWait(PartitionedRateLimiter<UInt128> limiter, UInt128 key, string reason)
    {
        using RateLimitLease lease = limiter.AttemptAcquire(key);
        if (lease.IsAcquired)
        {
            return null;
        }

        _metrics.IngestLimited(reason);
        return lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan retryAfter) ? retryAfter : Window / SegmentsPerWindow;
    }
}
