using System.Globalization;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.TestRig.Traffic;

/// <summary>
/// What one device sends, and what Customer.io must know of it afterwards: a pure function of a seed and the device's number, so that it
/// can be asked for again at the end of a run of any length. The expectation is written from the documentation, not from the product: it
/// knows nothing of the product's code.
/// </summary>
internal sealed class DeviceTraffic
{
    private readonly Random _random;
    private readonly List<TrafficEvent> _events = [];
    private readonly List<ExpectedEvent> _known = [];
    private int _number;

    private DeviceTraffic(int seed, int device, bool withDeadLetters)
    {
        _random = new Random(unchecked((seed * 7_919) + device));
        _number = device * TrafficEvent.PerDevice;
        DeviceId = $"device-{device}";
        if (withDeadLetters && device % 90 == 13)
        {
            Refused($"{RefusedPrefix}{device}");
        }
        else if (device % 5 == 4)
        {
            Visit(null, 3);
            AddDeadLetters(withDeadLetters && device % 10 == 9, "missing_identifier", new JsonObject { ["type"] = "track", ["event"] = "Nobody's" });
        }
        else
        {
            Person = new ExpectedPerson($"user-{device}", $"user-{device}@example.com");
            Customer(device, withDeadLetters);
        }
    }

    /// <summary>Ids of people of whom Customer.io takes nothing begin so.</summary>
    public const string RefusedPrefix = "refused-";

    /// <summary>The device's id.</summary>
    public string DeviceId { get; }

    /// <summary>The person who uses it; null when nobody is ever identified.</summary>
    public ExpectedPerson? Person { get; }

    /// <summary>What is sent, in order; some of it twice.</summary>
    public IReadOnlyList<TrafficEvent> Events => _events;

    /// <summary>The events that must be known, in their order, whether the person's or nobody's.</summary>
    public IReadOnlyList<ExpectedEvent> Known => _known;

    /// <summary>The traffic of a device.</summary>
    /// <param name="seed">The seed of all traffic.</param>
    /// <param name="device">The device's number.</param>
    /// <param name="withDeadLetters">Whether some events are such that they can't be delivered.</param>
    public static DeviceTraffic Of(int seed, int device, bool withDeadLetters) => new(seed, device, withDeadLetters);

    private void Customer(int device, bool withDeadLetters)
    {
        Visit(null, 3);
        Identify(new JsonObject { ["email"] = Person!.Email, ["plan"] = "free", ["visits"] = device, ["address"] = new JsonObject { ["city"] = "Köln" } });
        Visit(Person.Id, 4);
        AddDeadLetters(
            withDeadLetters && device % 10 == 3,
            "limit_exceeded",
            new JsonObject { ["type"] = "identify", ["userId"] = Person.Id, ["anonymousId"] = DeviceId, ["traits"] = new JsonObject { ["bio"] = new string('x', 1_400) } });
        AddDeadLetters(
            withDeadLetters && device % 10 == 6,
            "invalid_event",
            new JsonObject { ["type"] = "page", ["userId"] = Person.Id, ["anonymousId"] = DeviceId, ["properties"] = new JsonObject { ["n"] = 1 } });
        var change = new JsonObject { ["plan"] = device % 2 == 0 ? "gold" : "silver" };
        if (device % 6 == 0)
        {
            change["unsubscribed"] = true;
            Person.Unsubscribed = true;
        }

        Identify(change);
        Purchase();
        if (device % 3 == 0)
        {
            // Sent twice: it must arrive once.
            _events.Add(_events[^1]);
        }
    }

    // Whoever is asked to take it says no.
    private void Refused(string user)
    {
        Visit(user, 3);
        for (int i = 0; i < _events.Count; i++)
        {
            _events[i] = _events[i] with { DeadLetter = "rejected_by_customerio" };
        }
    }

    private void Visit(string? user, int events)
    {
        for (int i = 0; i < events; i++)
        {
            int n = _number++;
            bool page = _random.Next(3) == 0;
            JsonObject source = Envelope(page ? "page" : "track", n, user);
            source["context"] = new JsonObject { ["library"] = new JsonObject { ["name"] = "freshpaint.js" } };
            if (page)
            {
                string url = $"https://example.com/{n}";
                source["context"]!["page"] = new JsonObject { ["url"] = url, ["title"] = "T" };
                source["properties"] = new JsonObject { ["n"] = n };
                _known.Add(new ExpectedEvent(url, "page", TrafficEvent.Start + n, new JsonObject { ["n"] = n, ["url"] = url, ["title"] = "T" }));
            }
            else
            {
                source["event"] = $"Event {n % 7}";
                source["properties"] = new JsonObject { ["n"] = n, ["note"] = "größer \"<&> 😀", ["$session_id"] = "dropped" };
                _known.Add(new ExpectedEvent($"Event {n % 7}", "event", TrafficEvent.Start + n, new JsonObject { ["n"] = n, ["note"] = "größer \"<&> 😀" }));
            }

            _events.Add(new TrafficEvent(n, source));
        }
    }

    private void Purchase()
    {
        int n = _number++;
        _known.Add(new ExpectedEvent("Purchase", "event", TrafficEvent.Start + n, new JsonObject { ["price"] = 9.5m }));
        _events.Add(new TrafficEvent(n, new JsonObject
        {
            ["event"] = "Purchase",
            ["properties"] = new JsonObject
            {
                ["distinct_id"] = Person!.Id,
                ["$device_id"] = DeviceId,
                ["token"] = "dropped",
                ["time"] = (TrafficEvent.Start + n) * 1000,
                ["$insert_id"] = $"insert-{n}",
                ["price"] = 9.5m,
            },
        }));
    }

    private void Identify(JsonObject traits)
    {
        foreach ((string name, JsonNode? value) in traits)
        {
            if (name is not ("email" or "unsubscribed"))
            {
                Person!.Attributes[name] = value!.DeepClone();
            }
        }

        int n = _number++;
        JsonObject source = Envelope("identify", n, Person!.Id);
        source["traits"] = traits;
        _events.Add(new TrafficEvent(n, source));
    }

    private void AddDeadLetters(bool wanted, string reason, JsonObject source)
    {
        if (wanted)
        {
            int n = _number++;
            source["messageId"] = $"message-{n}";
            source["timestamp"] = Iso(n);
            _events.Add(new TrafficEvent(n, source, reason));
        }
    }

    private JsonObject Envelope(string type, int n, string? user)
    {
        var source = new JsonObject { ["type"] = type, ["anonymousId"] = DeviceId, ["messageId"] = $"message-{n}", ["timestamp"] = Iso(n) };
        if (user is not null)
        {
            source["userId"] = user;
        }

        return source;
    }

    private static string Iso(int n) =>
        DateTimeOffset.FromUnixTimeSeconds(TrafficEvent.Start + n).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
