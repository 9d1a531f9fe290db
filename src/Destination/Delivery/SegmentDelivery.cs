using CustomerIoDestination.Queueing;

namespace CustomerIoDestination.Delivery;

/// <summary>One segment of a run while it is delivered: which events are still to be sent, and their ends in order.</summary>
internal sealed class SegmentDelivery(PendingEvent head, Action<ReceivedEvent, DeliveryAttempt> ended) : IDisposable
{
    // After so many failures of the whole the oldest event is sent alone, so that one that can't be taken is found.
    private const int FailuresOfTheWhole = 2;

    private List<PendingEvent> _events = [head];
    private int _first;

    /// <summary>The oldest event that has not ended.</summary>
    public PendingEvent Head => _events[_first];

    /// <summary>The gate is open: these events, the head first, are mapped.</summary>
    public void Open(List<PendingEvent> events) => _events = events;

    /// <summary>The events to send now; empty when all have their end.</summary>
    public IReadOnlyList<PendingEvent> NextToSend()
    {
        if (_events.Count == 1)
        {
            return _first == 0 ? _events : [];
        }

        List<PendingEvent> unsent = _events.FindAll(static pending => pending.End is null);
        return unsent is [{ FailuresInARow: >= FailuresOfTheWhole } first, ..] ? [first] : unsent;
    }

    /// <summary>Records the ends that are known, up to the first event that has none.</summary>
    public void EndInOrder(AttemptRecorder recorder)
    {
        while (_first < _events.Count && Head.End is { } end)
        {
            End(recorder, end);
        }
    }

    /// <summary>Records the release of the head; nothing after it ends in this run.</summary>
    public void Release(AttemptRecorder recorder, DeliveryEnd end) => End(recorder, end);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PendingEvent pending in _events)
        {
            pending.Dispose();
        }
    }

    private void End(AttemptRecorder recorder, DeliveryEnd end)
    {
        PendingEvent pending = Head;
        int firstCalls = pending.Received.History.Attempts > 0 ? 0 : Math.Max(1, pending.Requests.Count);
        recorder.Repeated(pending.Calls - firstCalls);
        _first++;
        ended(pending.Received, recorder.Record(pending, end));
    }
}
