using System.Globalization;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.ApiContract.Asking;

/// <summary>Somebody no other test and no earlier run knows, and the events Freshpaint sends of them.</summary>
internal sealed class Person
{
    /// <summary>In every value that could tell who somebody is.</summary>
    public const string Marker = "marked-value";

    private int _events;

    /// <summary>The user id.</summary>
    public string Id { get; } = $"{Marker}-{Guid.NewGuid():N}";

    /// <summary>What they did.</summary>
    public JsonObject Track(string name) => Event("track", ("event", name), ("properties", new JsonObject { ["note"] = Marker }));

    /// <summary>A page they saw.</summary>
    public JsonObject Page() => Event("page", ("properties", new JsonObject { ["url"] = "https://clinic.example.com/appointments" }));

    /// <summary>What is known of them.</summary>
    public JsonObject Identify(JsonObject traits) => Event("identify", ("traits", traits));

    /// <summary>An identify over a limit of Customer.io: it becomes a dead letter without a call.</summary>
    public JsonObject IdentifyOverLimit() => Identify(new JsonObject { ["bio"] = Marker + new string('x', 1_400 - Marker.Length) });

    /// <summary>An event that names nobody: it becomes a dead letter without a call.</summary>
    public JsonObject Nobodys()
    {
        JsonObject nobodys = Track("Nobody's");
        nobodys.Remove("userId");
        nobodys.Remove("anonymousId");
        return nobodys;
    }

    private JsonObject Event(string type, params (string Name, JsonNode Value)[] members)
    {
        var made = new JsonObject
        {
            ["type"] = type,
            ["messageId"] = string.Create(CultureInfo.InvariantCulture, $"{Id}-{++_events}"),
            ["userId"] = Id,
            ["anonymousId"] = $"device-{Id}",
            ["timestamp"] = DateTimeOffset.UtcNow.AddMinutes(-1).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        };
        foreach ((string name, JsonNode value) in members)
        {
            made[name] = value;
        }

        return made;
    }
}
