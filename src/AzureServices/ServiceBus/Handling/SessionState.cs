using System.Buffers;
using System.Collections.Concurrent;
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

/// <summary>
/// How long this process has held each session. The processor renews a session's lock for a fixed time counted from accepting it, never anew for a
/// message (Azure/azure-sdk-for-net#35267), so a session that never runs empty must be given up before that ends. Accepting can't be seen from
/// here: a hold is taken to begin with a message after which a longer pause came than a processor waits on an empty session. Seeing one hold where
/// there were two only gives a session up early.
/// </summary>
internal sealed class SessionHolds(TimeProvider time)
{
    /// <summary>The longest a session is held: with the hold budget of one delivery it stays inside <c>maxAutoLockRenewalDuration</c>, 1 h.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    // Well over sessionIdleTimeout (10 s, and 1 min where it is not set).
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(90);

    private readonly ConcurrentDictionary<string, Hold> _holds = new(StringComparer.Ordinal);

    /// <summary>A message of the session is in hand.</summary>
    public void Began(string session)
    {
        long now = time.GetTimestamp();
        _holds[session] = _holds.TryGetValue(session, out Hold hold) && time.GetElapsedTime(hold.LastSeen, now) <= LongestPause
            ? hold with { LastSeen = now }
            : new Hold(now, now);
    }

    /// <summary>The message was settled. Whether the session is to be given up now.</summary>
    public bool Ended(string session)
    {
        long now = time.GetTimestamp();
        if (!_holds.TryGetValue(session, out Hold hold))
        {
            return false;
        }

        _holds[session] = hold with { LastSeen = now };
        return time.GetElapsedTime(hold.Since, now) >= Longest;
    }

    /// <summary>The session was given up.</summary>
    public void Released(string session) => _holds.TryRemove(session, out _);

    private readonly record struct Hold(long Since, long LastSeen);
}

/// <summary>
/// How long a session is kept before it is given back with its message unsettled. A release does not count as a delivery, so nothing but these pauses
/// keeps trouble that lasts from becoming a loop as fast as the broker: one that keeps a throttled namespace throttled, and sends an event whose
/// settlement fails to Customer.io over and over. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="chance">From 0 up to 1: sessions that met the same trouble do not all come back at once.</param>
internal sealed class SessionPauses(TimeProvider time, Func<double> chance)
{
    /// <summary>The pause after the first trouble of a session; each further one in a row doubles it.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause: far below the time a session is held and the time a function may run.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    // By how much chance shortens a pause at most.
    private const double Spread = 0.2;

    private readonly ConcurrentDictionary<string, int> _troubles = new(StringComparer.Ordinal);

    /// <summary>The pause after so many troubles in a row, at least 1.</summary>
    public static TimeSpan LengthOf(int troubles, double chance)
    {
        double seconds = Math.Min(First.TotalSeconds * Math.Pow(2, troubles - 1), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (1 - (Spread * chance)));
    }

    /// <summary>The session met trouble: waits before it is given back, longer each time. A shutdown ends the wait.</summary>
    public async Task WaitAsync(string session, CancellationToken cancellationToken)
    {
        int troubles = _troubles.AddOrUpdate(session, 1, static (_, before) => Math.Min(before + 1, 100));
        await Task.Delay(LengthOf(troubles, chance()), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A message of the session came to its end: the next trouble is the first again.</summary>
    public void Passed(string session) => _troubles.TryRemove(session, out _);
}

/// <summary>How many events this process holds now, by lane. The broker does not tell who holds what.</summary>
internal sealed class EventsInHand
{
    private int _live;
    private int _import;

    /// <summary>How many of a lane.</summary>
    public int Of(Lane lane) => Volatile.Read(ref lane == Lane.Live ? ref _live : ref _import);

    /// <summary>How many, now.</summary>
    public InHand Read() => new(Of(Lane.Live), Of(Lane.Import));

    /// <summary>One more, or with <c>-1</c> one less.</summary>
    public void Add(Lane lane, int change) => Interlocked.Add(ref lane == Lane.Live ? ref _live : ref _import, change);
}

/// <summary>How many events are held for delivery.</summary>
/// <param name="Live">Of the live lane.</param>
/// <param name="Import">Of the import lane.</param>
internal readonly record struct InHand(int Live, int Import)
{
    /// <summary>How many of a lane.</summary>
    public int Of(Lane lane) => lane == Lane.Live ? Live : Import;

    /// <summary>Both together.</summary>
    public static InHand operator +(InHand one, InHand other) => new(one.Live + other.Live, one.Import + other.Import);
}
