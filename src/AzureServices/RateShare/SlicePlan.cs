namespace CustomerIoDestination.AzureServices.RateShare;

/// <summary>What to do with the slices now.</summary>
/// <param name="Renew">To be kept.</param>
/// <param name="GiveBack">To be given back.</param>
/// <param name="Try">Free as far as we know, to be tried for.</param>
internal sealed record SlicePlan(IReadOnlyList<Slice> Renew, IReadOnlyList<Slice> GiveBack, IReadOnlyList<Slice> Try)
{
    /// <summary>How many slices the rate is cut into.</summary>
    public const int Slices = 10;

    /// <summary>How long one is kept at a stretch; then it is given back, so that another process gets its turn.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromSeconds(45);

    /// <summary>How old a lease is renewed at: two renewals may fail before the spending stops.</summary>
    public static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(5);

    /// <summary>How long a slice somebody else holds is left alone.</summary>
    public static readonly TimeSpan AfterRefusal = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a slice that was given back is left alone: longer than <see cref="AfterRefusal"/>, so that whoever waits for it comes first.</summary>
    public static readonly TimeSpan AfterTurn = TimeSpan.FromMilliseconds(750);

    /// <summary>Decides.</summary>
    /// <param name="slices">All ten, in the order in which free ones are tried.</param>
    /// <param name="wanted">How many this process could use.</param>
    /// <param name="now">The time.</param>
    public static SlicePlan Decide(IReadOnlyList<Slice> slices, int wanted, TimeSpan now)
    {
        Slice[] held = [.. slices.Where(slice => slice.LeaseId is not null).OrderByDescending(slice => slice.HeldSince)];
        Slice[] kept = [.. held.Take(wanted).Where(slice => now - slice.HeldSince < Turn)];
        return new SlicePlan(
            [.. kept.Where(slice => now - slice.AskedAt >= RenewAfter)],
            [.. held.Except(kept)],
            [.. slices.Where(slice => slice.LeaseId is null && slice.NotBefore <= now).Take(wanted - kept.Length)]);
    }
}
