using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Delivery.Preparing;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// One segment of a run while it is delivered: which events are still to be sent, how many at a time, and their ends in order. What failed twice
/// as a whole is sent from its oldest event on, alone: if that is taken and the rest is not, parts are sent, halved at each failure and doubled at
/// each success, until the event that can't be taken stands alone.
/// </summary>
internal sealed class SegmentDelivery(PendingEvent head, Action<ReceivedEvent, DeliveryAttempt> ended) : IDisposable
{
    // After so many failures of the whole the oldest event is sent alone, so that one that can't be taken is found.
    private const int FailuresOfTheWhole = 2;

    private List<PendingEvent> _events = [head];
    private int _first;
    private int _most = int.MaxValue;
    private bool _isHeadTaken;
    private bool _isHeadOnly;
    private bool _isNarrowing;

    /// <summary>The oldest event that has not ended.</summary>
    public PendingEvent Head => _events[_first];

    /// <summary>How often what was to be sent next failed in a row.</summary>
    public int FailuresInARow { get; private set; }

    /// <summary>Whether it must not share a batch: it, or a part of it, could not be taken.</summary>
    public bool TravelsAlone => FailuresInARow > 0 || _isNarrowing || Head.Received.History.FirstFailedAt is not null;

    /// <summary>Whether the gate was closed and let this through as a trial.</summary>
    public bool IsTrial { get; private set; }

    /// <summary>The gate let it through. While everything is rejected one event is enough to find out.</summary>
    public void Enter(GateState gate)
    {
        IsTrial = !gate.IsOpen;
        _isHeadOnly = gate.Rejections is not null;
    }

    /// <summary>These events, the head first, are mapped.</summary>
    public void Open(List<PendingEvent> events) => _events = events;

    /// <summary>The events to send now; empty when all have their end.</summary>
    public IReadOnlyList<PendingEvent> NextToSend()
    {
        if (_events.Count == 1)
        {
            return _first == 0 ? _events : [];
        }

        List<PendingEvent> unsent = _events.FindAll(static pending => pending.End is null);
        int most = _isHeadOnly ? 1 : _most;
        return most < unsent.Count ? unsent[..most] : unsent;
    }

    /// <summary>These were sent, the oldest of those that had no end first.</summary>
    public void Sent(IReadOnlyList<PendingEvent> events)
    {
        switch (events[0].Outcome)
        {
            case DeliveryOutcome.Unavailable:
                _isNarrowing |= _isHeadTaken;
                bool isPart = _isNarrowing && events.Count > 1;
                FailuresInARow = isPart ? 1 : FailuresInARow + 1;
                _most = isPart ? events.Count / 2 : FailuresInARow >= FailuresOfTheWhole ? 1 : _most;
                break;
            case DeliveryOutcome.Misconfigured:
                break;
            default:
                // An answer opens the gate.
                IsTrial = false;
                _isHeadOnly = false;
                _isHeadTaken |= _most == 1;
                _most = _isNarrowing ? events.Count * 2 : int.MaxValue;
                FailuresInARow = events.Any(static pending => pending.Outcome is DeliveryOutcome.Unavailable) ? 1 : 0;
                break;
        }
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
