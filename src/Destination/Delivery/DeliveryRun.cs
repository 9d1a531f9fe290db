using System.Diagnostics;
using CustomerIoDestination.Delivery.Batching;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Delivery.Sending;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// A run of one partition while it is delivered. Cuts it into segments that are sent as one (single events, and in batch mode consecutive events that fit
/// one batch), says what is to be sent next, and ends the events in their order. It owns the events from the moment they are begun until it is disposed.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// A segment that failed twice as a whole is sent from its oldest event on, alone: if that is taken and the rest is not, parts are sent, halved at each
/// failure and doubled at each success, until the event that can't be taken stands alone.
/// </remarks>
internal sealed class DeliveryRun(
    IReadOnlyList<ReceivedEvent> run,
    Action<ReceivedEvent, DeliveryAttempt> ended,
    Action<PendingEvent, TrackApiAnswer.Unavailable, TimeSpan> callRepeats,
    EventPreparation preparation,
    PeerDeliveries peers,
    AttemptRecorder recorder,
    DeliverySettings settings,
    TimeProvider time) : IDisposable
{
    // After so many failures of the whole the oldest event is sent alone, so that one that can't be taken is found.
    private const int FailuresOfTheWhole = 2;

    private readonly List<PendingEvent> _segment = [];
    private PendingEvent? _ahead;
    private int _next;

    private int _first;
    private int _most;
    private bool _isHeadTaken;
    private bool _isHeadOnly;
    private bool _isNarrowing;
    private bool _isTrial;

    /// <summary>The oldest event that has not ended; of a new segment it is not mapped yet. Null at the end of the run.</summary>
    public PendingEvent? Head => IsAtNewSegment ? Ahead() : _segment[_first];

    /// <summary>Whether all events of the segment before have ended.</summary>
    public bool IsAtNewSegment => _first == _segment.Count;

    /// <summary>How often what was sent last failed in a row.</summary>
    public int FailuresInARow { get; private set; }

    /// <summary>The gate let it through. While everything is rejected one event is enough to find out.</summary>
    public void Enter(GateState gate)
    {
        _isTrial = !gate.IsOpen;
        _isHeadOnly = gate.Rejections is not null;
    }

    /// <summary>
    /// Maps the next segment, unless one is under way. Events that end without being sent travel with the rest, so that all end in order; one that can't
    /// travel in a batch, or whose mapping failed, is a segment of its own. Of a segment under way it is asked again whether what is not sent yet may go.
    /// </summary>
    /// <exception cref="UnavailableException">What is remembered of people can't be asked.</exception>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        if (!IsAtNewSegment)
        {
            foreach (PendingEvent unsent in _segment.FindAll(static pending => pending.End is null))
            {
                await preparation.ReconsiderAsync(unsent, _segment.Count == 1, cancellationToken);
            }

            return;
        }

        BeginSegment();
        int items = 0;
        int bytes = BatchBody.FrameBytes;
        while (Ahead() is { } pending)
        {
            if (!pending.IsPrepared)
            {
                await preparation.PrepareAsync(pending, cancellationToken);
                pending.Compact();
            }

            bool fits = pending.End is not null || (pending.Item is { } item && ++items <= settings.BatchItems && (bytes += item.Length + 1) <= TrackApiLimits.BatchBytes);
            if (_segment.Count > 0 && !fits)
            {
                return;
            }

            _segment.Add(pending);
            _ahead = null;
            if (!fits || settings.Mode == DeliveryMode.Single)
            {
                return;
            }
        }
    }

    /// <summary>What is to be sent now; null when all of the segment have their end.</summary>
    public Shipment? NextToSend()
    {
        List<PendingEvent> unsent = _segment.FindAll(static pending => pending.End is null);
        if (unsent.Count == 0)
        {
            return null;
        }

        int most = _isHeadOnly ? 1 : _most;
        bool travelsAlone = FailuresInARow > 0 || _isNarrowing || unsent[0].Received.History.FirstFailedAt is not null;
        return new Shipment(most < unsent.Count ? unsent[..most] : unsent, travelsAlone, FailuresInARow, _isTrial);
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
                _isHeadTaken |= _most == 1;
                _most = _isNarrowing ? events.Count * 2 : int.MaxValue;
                FailuresInARow = events.Any(static pending => pending.Outcome is DeliveryOutcome.Unavailable) ? 1 : 0;
                break;
        }
    }

    /// <summary>Records the ends that are known, up to the first event that has none.</summary>
    public void EndInOrder()
    {
        while (_first < _segment.Count && _segment[_first].End is { } end)
        {
            End(_segment[_first++], end);
        }
    }

    /// <summary>Records the release of the head; nothing after it ends in this run.</summary>
    public void Release(string reason)
    {
        PendingEvent head = Head!;
        End(head, new Settlement.Release(reason, head.History));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeSegment();
        _ahead?.Dispose();
    }

    private PendingEvent? Ahead() => _ahead ??= _next < run.Count ? Begin(run[_next++]) : null;

    private PendingEvent Begin(ReceivedEvent received)
    {
        EventEnvelope envelope = received.Envelope;
        long others = received.History.FirstFailedAt is null ? 0 : peers.AtFirstFailure(envelope.Partition, envelope.EventId);
        Activity? around = Activity.Current;
        Activity? span = DestinationTracing.StartDelivery(envelope);
        Activity.Current = around;
        return new PendingEvent(received, time.GetTimestamp(), span, others) { CallRepeats = callRepeats };
    }

    private void BeginSegment()
    {
        DisposeSegment();
        _first = 0;
        _most = int.MaxValue;
        _isHeadTaken = false;
        _isNarrowing = false;
        FailuresInARow = 0;
    }

    private void End(PendingEvent pending, Settlement end) => ended(pending.Received, recorder.Record(pending, end));

    private void DisposeSegment()
    {
        _segment.ForEach(static pending => pending.Dispose());
        _segment.Clear();
    }
}
