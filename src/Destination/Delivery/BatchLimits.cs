namespace CustomerIoDestination.Delivery;

/// <summary>The limits of <c>/api/v2/batch</c> (docs.customer.io/api/track): "smaller than 500kb", each item "32kb or smaller"; read as the smaller kind of kilobyte.</summary>
internal static class BatchLimits
{
    /// <summary>Bytes of a whole body.</summary>
    public const int MaxBodyBytes = 500_000;

    /// <summary>Bytes of one item.</summary>
    public const int MaxItemBytes = 32_000;

    /// <summary>The longest an item waits for others.</summary>
    public static readonly TimeSpan FlushAfter = TimeSpan.FromMilliseconds(50);
}
