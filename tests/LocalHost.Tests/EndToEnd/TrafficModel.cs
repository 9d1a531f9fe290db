using System.Globalization;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>
/// Mixed traffic of many devices, repeatable by its seed, and what Customer.io must know after it. The expectation is written from the
/// documentation, not from the product: it knows nothing of the product's code.
/// </summary>
internal sealed class TrafficModel
{
    private const long Start = 1_790_000_000;

    private readonly Random _random;
    private readonly List<JsonObject> _events = [];
    private int _sequence;

    public TrafficModel(int devices, int seed)
    {
        _random = new Random(seed);
        List<JsonObject>[] perDevice = [.. Enumerable.Range(0, devices).Select(Device)];
        Interleave(perDevice);
    }

    /// <summary>The events in the order they are sent; a device's own are in their own order.</summary>
    public IReadOnlyList<JsonObject> Events => _events;

    /// <summary>People by id.</summary>
    public Dictionary<string, ExpectedPerson> People { get; } = new(StringComparer.Ordinal);

    /// <summary>Events of devices nobody identified, by device.</summary>
    public Dictionary<string, List<ExpectedEvent>> Anonymous { get; } = new(StringComparer.Ordinal);

    private List<JsonObject> Device(int index)
    {
        var sent = new List<JsonObject>();
        string device = $"device-{index}";
        string user = $"user-{index}";
        var happened = new List<ExpectedEvent>();
        for (int i = 0; i < 3; i++)
        {
            sent.Add(Event(device, null, happened));
        }

        if (index % 5 == 4)
        {
            Anonymous.Add(device, happened);
            return sent;
        }

        var person = new ExpectedPerson(user, $"{user}@example.com", device, happened);
        People.Add(user, person);
        sent.Add(Identify(person, new JsonObject { ["email"] = person.Email, ["plan"] = "free", ["visits"] = index, ["address"] = new JsonObject { ["city"] = "Köln" } }));
        for (int i = 0; i < 4; i++)
        {
            sent.Add(Event(device, user, happened));
        }

        var change = new JsonObject { ["plan"] = index % 2 == 0 ? "gold" : "silver" };
        if (index % 6 == 0)
        {
            change["unsubscribed"] = true;
            person.Unsubscribed = true;
        }

        sent.Add(Identify(person, change));
        sent.Add(ServerEvent(device, user, happened));
        if (index % 3 == 0)
        {
            // Sent twice: it must arrive once.
            sent.Add(sent[^1].DeepClone().AsObject());
        }

        return sent;
    }

    private JsonObject Event(string device, string? user, List<ExpectedEvent> happened)
    {
        bool page = _random.Next(3) == 0;
        int n = _sequence++;
        var source = new JsonObject
        {
            ["type"] = page ? "page" : "track",
            ["anonymousId"] = device,
            ["messageId"] = $"message-{n}",
            ["timestamp"] = Iso(Start + n),
            ["context"] = new JsonObject { ["library"] = new JsonObject { ["name"] = "freshpaint.js" } },
        };
        if (user is not null)
        {
            source["userId"] = user;
        }

        if (page)
        {
            string url = $"https://example.com/{n}";
            source["context"]!["page"] = new JsonObject { ["url"] = url, ["title"] = "T" };
            source["properties"] = new JsonObject { ["n"] = n };
            happened.Add(new ExpectedEvent(url, "page", Start + n, new JsonObject { ["n"] = n, ["url"] = url, ["title"] = "T" }));
        }
        else
        {
            source["event"] = $"Event {n % 7}";
            source["properties"] = new JsonObject { ["n"] = n, ["note"] = "größer \"<&> 😀", ["$session_id"] = "dropped" };
            happened.Add(new ExpectedEvent($"Event {n % 7}", "event", Start + n, new JsonObject { ["n"] = n, ["note"] = "größer \"<&> 😀" }));
        }

        return source;
    }

    private JsonObject ServerEvent(string device, string user, List<ExpectedEvent> happened)
    {
        int n = _sequence++;
        happened.Add(new ExpectedEvent("Purchase", "event", Start + n, new JsonObject { ["price"] = 9.5m }));
        return new JsonObject
        {
            ["event"] = "Purchase",
            ["properties"] = new JsonObject
            {
                ["distinct_id"] = user,
                ["$device_id"] = device,
                ["token"] = "dropped",
                ["time"] = (Start + n) * 1000,
                ["$insert_id"] = $"insert-{n}",
                ["price"] = 9.5m,
            },
        };
    }

    private JsonObject Identify(ExpectedPerson person, JsonObject traits)
    {
        int n = _sequence++;
        foreach ((string name, JsonNode? value) in traits)
        {
            if (name is not ("email" or "unsubscribed"))
            {
                person.Attributes[name] = value!.DeepClone();
            }
        }

        return new JsonObject
        {
            ["type"] = "identify",
            ["userId"] = person.Id,
            ["anonymousId"] = person.Device,
            ["messageId"] = $"message-{n}",
            ["timestamp"] = Iso(Start + n),
            ["traits"] = traits,
        };
    }

    private void Interleave(List<JsonObject>[] perDevice)
    {
        int[] next = new int[perDevice.Length];
        List<int> left = [.. Enumerable.Range(0, perDevice.Length)];
        while (left.Count > 0)
        {
            int at = _random.Next(left.Count);
            int device = left[at];
            _events.Add(perDevice[device][next[device]++]);
            if (next[device] == perDevice[device].Count)
            {
                left[at] = left[^1];
                left.RemoveAt(left.Count - 1);
            }
        }
    }

    private static string Iso(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}

/// <summary>A person as Customer.io must know it.</summary>
internal sealed record ExpectedPerson(string Id, string Email, string Device, List<ExpectedEvent> Events)
{
    public JsonObject Attributes { get; } = [];

    public bool Unsubscribed { get; set; }
}

/// <summary>An event as Customer.io must know it.</summary>
internal sealed record ExpectedEvent(string Name, string Type, long Timestamp, JsonObject Data);
