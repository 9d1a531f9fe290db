using System.Text.Json;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.TestRig.Traffic;

/// <summary>
/// Reads the calls in the order in which Customer.io received them. Of each device, nothing may come before what was sent before it was taken
/// (its answer may have been lost) or refused for good (400); so an identify takes effect before the events after it arrive. Repeats are counted.
/// </summary>
/// <param name="traffic">What a device sends.</param>
internal sealed class OrderCheck(Func<int, DeviceTraffic> traffic)
{
    // Longer than the sandbox ever takes, but for a call it delays beyond the host's patience.
    private const double LongestInHandMs = 2_000;

    private readonly Dictionary<int, DeviceOrder> _devices = [];
    private readonly List<string> _violations = [];

    /// <summary>What came out of order.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Calls read.</summary>
    public long Calls { get; private set; }

    /// <summary>Events and identifies that came again.</summary>
    public long Repeats => _devices.Values.Sum(device => (long)device.Repeats);

    /// <summary>The number of the last call read.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Reads the next calls, as the sandbox tells them, up to the first that is still in hand.</summary>
    /// <param name="calls">The calls after the last one read.</param>
    /// <param name="all">Whether no more follow: what is still in hand then nobody waits for.</param>
    public void Read(JsonArray calls, bool all = false)
    {
        double patience = calls.Count == 0 || all ? double.MaxValue : calls[^1]!["atMs"]!.GetValue<double>() - LongestInHandMs;
        foreach (JsonNode? call in calls)
        {
            long sequence = call!["sequence"]!.GetValue<long>();
            if (call["applied"] is null && call["atMs"]!.GetValue<double>() > patience)
            {
                return;
            }

            if (sequence != LastSequence + 1)
            {
                _violations.Add($"the calls between {LastSequence} and {sequence} were not seen: the check came too late");
            }

            LastSequence = sequence;
            Calls++;
            if (call["method"]!.GetValue<string>() != "GET")
            {
                ReadBody(call);
            }
        }
    }

    private void ReadBody(JsonNode call)
    {
        long sequence = call["sequence"]!.GetValue<long>();
        bool taken = call["applied"]?.GetValue<bool>() == true;
        long? decidedAfter = taken ? call["decidedAfter"]!.GetValue<long>() : null;
        using JsonDocument document = JsonDocument.Parse(call["body"]!.GetValue<string>());
        if (document.RootElement.TryGetProperty("batch", out JsonElement batch))
        {
            // Of a batch that is taken each item is taken or, by an error of its own, refused.
            foreach (JsonElement item in batch.EnumerateArray())
            {
                Arrived(TimeOf(item), sequence, decidedAfter);
            }
        }
        else
        {
            bool refused = call["status"]?.GetValue<int>() == 400;
            Arrived(TimeOf(document.RootElement), sequence, refused ? call["decidedAfter"]?.GetValue<long>() : decidedAfter);
        }
    }

    // In v1 an identify's time is an attribute beside the others.
    private static long TimeOf(JsonElement item) =>
        item.TryGetProperty("timestamp", out JsonElement time) || item.TryGetProperty("_timestamp", out time) ? time.GetInt64() : TrafficEvent.Start - 1;

    private void Arrived(long time, long call, long? decidedAfter)
    {
        int number = TrafficEvent.NumberAt(time);
        if (number < 0)
        {
            _violations.Add("something arrived that nobody sent");
            return;
        }

        int device = number / TrafficEvent.PerDevice;
        if (!_devices.TryGetValue(device, out DeviceOrder? order))
        {
            _devices.Add(device, order = new DeviceOrder(traffic(device).Events.Where(IsSent).Select(source => source.Number).Distinct()));
        }

        if (order.Arrived(number, call, decidedAfter) is { } before)
        {
            _violations.Add($"event {number} of device {device} came before event {before} was taken");
        }
    }

    private static bool IsSent(TrafficEvent source) => source.DeadLetter is null or "rejected_by_customerio";
}
