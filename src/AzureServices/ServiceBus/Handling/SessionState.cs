using System.Buffers;
using System.Text.Json;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.ServiceBus.Handling;

/// <summary>
/// What a session remembers between two holders of it: how often the delivery of its first message failed. It names the message it is about,
/// so that a state left behind by another one means nothing.
/// </summary>
internal static class SessionState
{
    private const string MessageId = "messageId";
    private const string Attempts = "attempts";
    private const string FirstFailedAt = "firstFailedAt";

    /// <summary>No state.</summary>
    public static BinaryData None { get; } = BinaryData.FromBytes(ReadOnlyMemory<byte>.Empty);

    /// <summary>Whether there is a state.</summary>
    public static bool IsPresent(BinaryData? state) => state is not null && !state.ToMemory().IsEmpty;

    /// <summary>The state that remembers a message's failures.</summary>
    public static BinaryData Of(string messageId, FailureHistory history)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString(MessageId, messageId);
            json.WriteNumber(Attempts, history.FailedCalls);
            if (history.FirstFailedAt is { } firstFailedAt)
            {
                json.WriteNumber(FirstFailedAt, firstFailedAt.ToUnixTimeMilliseconds());
            }

            json.WriteEndObject();
        }

        return BinaryData.FromBytes(buffer.WrittenMemory);
    }

    /// <summary>What a state remembers of a message. Never throws; a state of another message or of other software remembers nothing.</summary>
    public static FailureHistory HistoryOf(BinaryData? state, string messageId)
    {
        if (!IsPresent(state))
        {
            return FailureHistory.None;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(state!.ToMemory());
            JsonElement root = document.RootElement;
            bool isOfMessage = root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty(MessageId, out JsonElement id)
                && id.ValueKind == JsonValueKind.String
                && id.ValueEquals(messageId);
            return isOfMessage ? new FailureHistory((int)NumberOf(root, Attempts, int.MaxValue), TimeOf(root)) : FailureHistory.None;
        }
        catch (JsonException)
        {
            return FailureHistory.None;
        }
    }

    private static DateTimeOffset? TimeOf(JsonElement root) =>
        NumberOf(root, FirstFailedAt, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) is > 0 and long milliseconds
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    private static long NumberOf(JsonElement root, string name, long max) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= 0 && number <= max
            ? number
            : 0;
}
