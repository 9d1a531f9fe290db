namespace ServiceBusDouble.Store;

/// <summary>
/// The message ids seen within the window, compared ordinally. The window runs from the first message with an id; whether
/// the real broker prolongs it with each repetition is not documented.
/// </summary>
internal sealed class DuplicateHistory(TimeSpan window)
{
    private readonly HashSet<string> _seen = [];
    private readonly Queue<(string MessageId, DateTimeOffset SeenAt)> _order = new();

    /// <summary>Remembers the id; false when it is known already.</summary>
    public bool TryAdd(string messageId, DateTimeOffset now)
    {
        while (_order.TryPeek(out (string MessageId, DateTimeOffset SeenAt) oldest) && oldest.SeenAt + window <= now)
        {
            _seen.Remove(_order.Dequeue().MessageId);
        }

        if (!_seen.Add(messageId))
        {
            return false;
        }

        _order.Enqueue((messageId, now));
        return true;
    }
}
