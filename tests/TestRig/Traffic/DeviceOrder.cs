namespace CustomerIoDestination.TestRig.Traffic;

/// <summary>How far Customer.io has got with what one device sent.</summary>
/// <param name="sent">The numbers of what it sent, in order.</param>
internal sealed class DeviceOrder(IEnumerable<int> sent)
{
    // Sent, and not yet decided.
    private readonly List<int> _ahead = [.. sent];
    private int _highest = -1;
    private long _decidedIn;
    private long _decidedAfter;
    private long _call;
    private int _passed;

    /// <summary>Events that came again.</summary>
    public int Repeats { get; private set; }

    /// <summary>An event came. Items of one call may follow each other undecided; what comes in a later call may not.</summary>
    /// <param name="number">The event.</param>
    /// <param name="call">The number of the call it came in.</param>
    /// <param name="decidedAfter">The newest call received when it was taken, or refused for good; null when it must come again.</param>
    /// <returns>What it should have waited for; null when it came in its order.</returns>
    public int? Arrived(int number, long call, long? decidedAfter)
    {
        if (call != _call)
        {
            (_call, _passed) = (call, 0);
        }

        if (number <= _highest)
        {
            Repeats++;
        }

        int previous = _highest;
        _highest = Math.Max(_highest, number);
        int place = _ahead.IndexOf(number);
        if (place < 0)
        {
            return null;
        }

        int? overtaken = place > _passed ? _ahead[_passed] : call != _decidedIn && call <= _decidedAfter ? previous : null;
        if (decidedAfter is { } newest)
        {
            _ahead.RemoveAt(place);
            (_decidedIn, _decidedAfter) = (call, newest);
        }
        else
        {
            _passed = place + 1;
        }

        return overtaken;
    }
}
