using System.Text.Json;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.TestRig.Traffic;

/// <summary>
/// Reads the calls in the order in which Customer.io received them. Of each device, what it sent must appear for the first time in the order
/// in which it was sent, an identify before the events after it, whatever was answered: nothing may be sent before what it must follow was taken.
/// Repeats are counted.
/// </summary>
/// <param name="traffic">What a device sends.</param>
internal sealed class OrderCheck(Func<int, DeviceTraffic> traffic)
{
    private readonly Dictionary<int, Queue<int>> _ahead = [];
    private readonly List<string> _violations = [];

    /// <summary>What came out of order.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Calls read.</summary>
    public long Calls { get; private set; }

    /// <summary>Events and identifies that came again.</summary>
    public long Repeats { get; private set; }

    /// <summary>The number of the last call read.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Reads the next calls, as the sandbox tells them.</summary>
    public void Read(JsonArray calls)
    {
        foreach (JsonNode? call in calls)
        {
            long sequence = call!["sequence"]!.GetValue<long>();
            if (sequence != LastSequence + 1)
            {
                _violations.Add($"the calls between {LastSequence} and {sequence} were not seen: the check came too late");
            }

            LastSequence = sequence;
            Calls++;
            if (call["method"]!.GetValue<string>() != "GET")
            {
                ReadBody(call["body"]!.GetValue<string>());
            }
        }
    }

    private void ReadBody(string body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        if (document.RootElement.TryGetProperty("batch", out JsonElement batch))
        {
            foreach (JsonElement item in batch.EnumerateArray())
            {
                Arrived(TimeOf(item));
            }
        }
        else
        {
            Arrived(TimeOf(document.RootElement));
        }
    }

    // In v1 an identify's time is an attribute beside the others.
    private static long TimeOf(JsonElement item) =>
        item.TryGetProperty("timestamp", out JsonElement time) || item.TryGetProperty("_timestamp", out time) ? time.GetInt64() : TrafficEvent.Start - 1;

    private void Arrived(long time)
    {
        int number = TrafficEvent.NumberAt(time);
        if (number < 0)
        {
            _violations.Add("something arrived that nobody sent");
            return;
        }

        int device = number / TrafficEvent.PerDevice;
        if (!_ahead.TryGetValue(device, out Queue<int>? ahead))
        {
            _ahead.Add(device, ahead = new Queue<int>(traffic(device).Events.Where(IsSent).Select(source => source.Number).Distinct()));
        }

        if (ahead.TryPeek(out int next) && next == number)
        {
            ahead.Dequeue();
        }
        else if (ahead.Contains(number))
        {
            _violations.Add($"event {number} of device {device} came before event {next}");
        }
        else
        {
            Repeats++;
        }
    }

    private static bool IsSent(TrafficEvent source) => source.DeadLetter is null or "rejected_by_customerio";
}
