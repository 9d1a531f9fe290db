namespace CustomerIoDestination.AzureServices.RateShare;

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
