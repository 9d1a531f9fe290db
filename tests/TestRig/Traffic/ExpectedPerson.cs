using System.Text.Json.Nodes;

namespace CustomerIoDestination.TestRig.Traffic;

/// <summary>A person as Customer.io must know it.</summary>
internal sealed record ExpectedPerson(string Id, string Email)
{
    public JsonObject Attributes { get; } = [];

    public bool Unsubscribed { get; set; }
}

/// <summary>An event as Customer.io must know it.</summary>
internal sealed record ExpectedEvent(string Name, string Type, long Timestamp, JsonObject Data);
