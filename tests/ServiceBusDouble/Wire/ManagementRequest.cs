using Amqp;
using Amqp.Types;

namespace ServiceBusDouble.Wire;

/// <summary>A request to a management node, its fields read by name.</summary>
internal sealed class ManagementRequest(Message message)
{
    private readonly Map _body = message.Body as Map ?? [];

    public string Operation => message.ApplicationProperties?["operation"] as string ?? "";

    /// <summary>The link the request belongs to, which is how the store knows a holder; empty when the client has none open.</summary>
    public string Holder => message.ApplicationProperties?["associated-link-name"] as string ?? "";

    public string? SessionId => Text("session-id");

    /// <summary>The client receives and deletes, instead of locking.</summary>
    public bool Deletes => _body["receiver-settle-mode"] is 0u;

    public Guid[] LockTokens => _body["lock-tokens"] as Guid[] ?? [];

    public long[] SequenceNumbers => _body["sequence-numbers"] as long[] ?? [];

    public long FromSequenceNumber => _body["from-sequence-number"] is long number ? number : 0;

    public int MessageCount => _body["message-count"] is int count ? count : 1;

    public byte[]? SessionState => _body["session-state"] as byte[];

    public Map? PropertiesToModify => _body["properties-to-modify"] as Map;

    /// <summary>The messages to schedule, each encoded.</summary>
    public IEnumerable<byte[]> Messages => (_body["messages"] as IEnumerable<object> ?? []).OfType<Map>().Select(entry => entry["message"]).OfType<byte[]>();

    public string? Text(string name) => _body[name] as string;
}
