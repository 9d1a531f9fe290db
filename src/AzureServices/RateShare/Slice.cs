namespace CustomerIoDestination.AzureServices.RateShare;

/// <summary>One tenth of the workspace's rate, as this process knows it. Times are since the process began to share.</summary>
/// <param name="Index">Which of the ten.</param>
/// <param name="LeaseId">The lease by which it is held; null while it is not.</param>
/// <param name="HeldSince">When it was first acquired.</param>
/// <param name="AskedAt">When the last acquire or renewal that succeeded was sent.</param>
/// <param name="NotBefore">When it may be tried for again.</param>
internal sealed record Slice(int Index, string? LeaseId, TimeSpan HeldSince, TimeSpan AskedAt, TimeSpan NotBefore)
{
    /// <summary>How long the broker of leases keeps one for us.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>How long it is spent, from when it was asked for: three seconds before anybody else can have it.</summary>
    public static readonly TimeSpan Spend = TimeSpan.FromSeconds(12);

    /// <summary>It is held by nobody we know of.</summary>
    public static Slice Free(int index) => new(index, null, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Whether permits may be given out on it.</summary>
    public bool MaySpend(TimeSpan now) => LeaseId is not null && now - AskedAt < Spend;

    /// <summary>It was acquired.</summary>
    public Slice Acquired(string leaseId, TimeSpan askedAt) => this with { LeaseId = leaseId, HeldSince = askedAt, AskedAt = askedAt };

    /// <summary>It is no longer held, and not tried for before a time.</summary>
    public Slice Lost(TimeSpan notBefore) => this with { LeaseId = null, NotBefore = notBefore };
}
