using System.Collections;

namespace CustomerIoDestination.TestRig.Traffic;

/// <summary>
/// The traffic of many devices, interleaved by chance, each device's own in its own order. Repeatable by its seed. Only the devices of
/// the window are in memory.
/// </summary>
/// <param name="devices">The devices, in the order in which they appear.</param>
/// <param name="traffic">What a device sends.</param>
/// <param name="window">How many devices send at a time.</param>
/// <param name="random">Whose turn it is.</param>
internal sealed class TrafficStream(IEnumerable<int> devices, Func<int, DeviceTraffic> traffic, int window, Random random) : IEnumerable<TrafficEvent>
{
    public IEnumerator<TrafficEvent> GetEnumerator()
    {
        using IEnumerator<int> next = devices.GetEnumerator();
        List<(IReadOnlyList<TrafficEvent> Events, int At)> active = [];
        while (true)
        {
            while (active.Count < window && next.MoveNext())
            {
                active.Add((traffic(next.Current).Events, 0));
            }

            if (active.Count == 0)
            {
                yield break;
            }

            int turn = random.Next(active.Count);
            (IReadOnlyList<TrafficEvent> events, int at) = active[turn];
            yield return events[at];
            active[turn] = (events, at + 1);
            if (at + 1 == events.Count)
            {
                active[turn] = active[^1];
                active.RemoveAt(active.Count - 1);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
