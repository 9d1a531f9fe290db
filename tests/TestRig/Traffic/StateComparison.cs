using System.Text.Json.Nodes;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.TestRig.Traffic;

/// <summary>Holds what Customer.io knows against what it must know: people, attributes, merges, and every event once and in its order.</summary>
/// <param name="devices">How many devices sent.</param>
/// <param name="traffic">What each of them sent.</param>
/// <param name="refusedAndLost">Whether an event of a refused person, by its number, lies in the dead letters.</param>
internal sealed class StateComparison(int devices, Func<int, DeviceTraffic> traffic, Func<int, bool> refusedAndLost)
{
    private readonly List<string> _differences = [];

    /// <summary>Every difference; none when all is as it must be.</summary>
    public IReadOnlyList<string> Compare(SandboxState state)
    {
        ILookup<string, SandboxPerson> people = state.People.ToLookup(person => person.Id ?? "", StringComparer.Ordinal);
        ILookup<string, SandboxEvent> anonymous = state.AnonymousEvents.ToLookup(source => source.AnonymousId ?? "", StringComparer.Ordinal);
        int peopleExpected = 0;
        int anonymousExpected = 0;
        for (int device = 0; device < devices; device++)
        {
            DeviceTraffic sent = traffic(device);
            if (sent.Events[0].DeadLetter is not null)
            {
                peopleExpected += Refused(sent, people[$"{DeviceTraffic.RefusedPrefix}{device}"]);
            }
            else if (sent.Person is { } person)
            {
                peopleExpected++;
                Person(person, sent, [.. people[person.Id]]);
            }
            else
            {
                anonymousExpected += sent.Known.Count;
                Events(sent.DeviceId, sent.Known, [.. anonymous[sent.DeviceId]]);
            }
        }

        Check(state.People.Count == peopleExpected, $"{state.People.Count} people are known instead of {peopleExpected}");
        Check(state.AnonymousEvents.Count == anonymousExpected, $"{state.AnonymousEvents.Count} anonymous events are known instead of {anonymousExpected}");
        return _differences;
    }

    private int Refused(DeviceTraffic sent, IEnumerable<SandboxPerson> found)
    {
        SandboxPerson[] people = [.. found];
        var known = people.SelectMany(person => person.Events).Select(source => source.Timestamp).ToHashSet();
        foreach (TrafficEvent source in sent.Events)
        {
            Check(
                refusedAndLost(source.Number) || known.Contains(TrafficEvent.Start + source.Number),
                $"event {source.Number} of {sent.DeviceId} is neither known nor a dead letter");
        }

        return people.Length;
    }

    private void Person(ExpectedPerson expected, DeviceTraffic sent, SandboxPerson[] found)
    {
        if (found is not [var person])
        {
            Check(false, $"{expected.Id} is known {found.Length} times");
            return;
        }

        Check(person.Email == expected.Email, $"{expected.Id} has another e-mail");
        Check(person.AnonymousIds is [var only] && only == sent.DeviceId, $"{expected.Id} has the devices [{string.Join(", ", person.AnonymousIds)}]");
        Check(person.Unsubscribed == expected.Unsubscribed, $"{expected.Id} is unsubscribed: {person.Unsubscribed}");
        var attributes = new JsonObject(person.Attributes
            .Where(attribute => attribute.Key != "unsubscribed")
            .Select(attribute => KeyValuePair.Create(attribute.Key, attribute.Value.ToNode())));
        Check(JsonNode.DeepEquals(attributes, expected.Attributes), $"{expected.Id} has {attributes.ToJsonString()} instead of {expected.Attributes.ToJsonString()}");
        Events(expected.Id, sent.Known, person.Events);
    }

    private void Events(string whose, IReadOnlyList<ExpectedEvent> expected, IReadOnlyList<SandboxEvent> found)
    {
        bool same = expected.Count == found.Count && expected.Zip(found).All(pair =>
            pair.First.Name == pair.Second.Name
            && pair.First.Type == pair.Second.Type
            && pair.First.Timestamp == pair.Second.Timestamp
            && JsonNode.DeepEquals(pair.First.Data, pair.Second.Data.ToNode()));
        Check(same, $"{whose} has the events [{Numbers(found.Select(e => e.Timestamp))}] instead of [{Numbers(expected.Select(e => e.Timestamp))}]");
    }

    private static string Numbers(IEnumerable<long> times) => string.Join(", ", times.Select(TrafficEvent.NumberAt));

    private void Check(bool holds, string difference)
    {
        if (!holds)
        {
            _differences.Add(difference);
        }
    }
}
