using CustomerIoDestination.TestRig.Traffic;

namespace CustomerIoDestination.Chaos.Checks;

/// <summary>Every dead letter must be one that had to be, with its reason, and once.</summary>
/// <param name="traffic">What a device sends.</param>
internal sealed class DeadLetterCheck(Func<int, DeviceTraffic> traffic)
{
    private readonly HashSet<int> _numbers = [];
    private readonly List<string> _violations = [];
    private readonly SortedDictionary<string, int> _byReason = new(StringComparer.Ordinal);

    /// <summary>Letters that should not be, or not so.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>How many there are of each reason.</summary>
    public IReadOnlyDictionary<string, int> ByReason => _byReason;

    /// <summary>Whether an event is among them.</summary>
    public bool Holds(int number) => _numbers.Contains(number);

    /// <summary>Reads a letter.</summary>
    /// <param name="reason">Its reason.</param>
    /// <param name="eventTime">The time of its event.</param>
    public void Read(string reason, DateTimeOffset? eventTime)
    {
        _byReason[reason] = _byReason.GetValueOrDefault(reason) + 1;
        int number = eventTime is { } time ? TrafficEvent.NumberAt(time.ToUnixTimeSeconds()) : -1;
        if (number < 0)
        {
            _violations.Add($"a dead letter ({reason}) holds an event that nobody sent");
            return;
        }

        string? expected = traffic(number / TrafficEvent.PerDevice).Events.FirstOrDefault(source => source.Number == number)?.DeadLetter;
        if (expected != reason)
        {
            _violations.Add($"event {number} is a dead letter for {reason} instead of {expected ?? "none"}");
        }

        if (!_numbers.Add(number))
        {
            _violations.Add($"event {number} is a dead letter twice");
        }
    }

    /// <summary>Finds those that had to be dead letters and are not. What Customer.io refuses may have been taken in a batch instead.</summary>
    public void Finish(int devices)
    {
        for (int device = 0; device < devices; device++)
        {
            foreach (TrafficEvent source in traffic(device).Events)
            {
                if (source.DeadLetter is not (null or "rejected_by_customerio") && !_numbers.Contains(source.Number))
                {
                    _violations.Add($"event {source.Number} is not among the dead letters for {source.DeadLetter}");
                }
            }
        }
    }
}
