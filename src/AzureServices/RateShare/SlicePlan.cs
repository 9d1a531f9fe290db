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

/// <summary>
/// How many slices this process could use, told by how often it is asked for permits: the busiest of the last five seconds counts, so that a pause
/// of a second gives nothing back. Thread-safe.
/// </summary>
internal sealed class SliceDemand(double slicesRate, TimeProvider time)
{
    // A share that is used up shows no more asking than it lets through: wanting a little more is how it grows.
    private const double Headroom = 1.25;
    private const int Seconds = 5;

    private readonly Lock _gate = new();
    private readonly long[] _second = [-1, -1, -1, -1, -1];
    private readonly int[] _asked = new int[Seconds];
    private readonly long _start = time.GetTimestamp();

    /// <summary>One more permit is wanted.</summary>
    public void Add()
    {
        lock (_gate)
        {
            _asked[Slot()]++;
        }
    }

    /// <summary>So many are wanted now by those who asked before: their number counts, not how often they are told of.</summary>
    public void AtLeast(int permits)
    {
        lock (_gate)
        {
            int slot = Slot();
            _asked[slot] = Math.Max(_asked[slot], permits);
        }
    }

    /// <summary>Slices that could be used, 0 when nothing was asked for within five seconds.</summary>
    public int Slices()
    {
        long second = Second();
        int most = 0;
        lock (_gate)
        {
            for (int slot = 0; slot < Seconds; slot++)
            {
                if (_second[slot] >= 0 && second - _second[slot] < Seconds)
                {
                    most = Math.Max(most, _asked[slot]);
                }
            }
        }

        return Math.Min(SlicePlan.Slices, (int)Math.Ceiling(most * Headroom / slicesRate));
    }

    private int Slot()
    {
        long second = Second();
        int slot = (int)(second % Seconds);
        if (_second[slot] != second)
        {
            _second[slot] = second;
            _asked[slot] = 0;
        }

        return slot;
    }

    private long Second() => (long)time.GetElapsedTime(_start).TotalSeconds;
}
