using System.Diagnostics;
using CustomerIoDestination.Delivery.Batching;
using CustomerIoDestination.Delivery.Preparing;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// Cuts a run of one partition into segments that are sent as one: single events, and in batch mode consecutive events that fit one batch.
/// An event that can't travel in a batch is a segment of its own, in its place in the order.
/// </summary>
internal sealed class RunReader(
    IReadOnlyList<ReceivedEvent> run,
    EventPreparation preparation,
    PeerDeliveries peers,
    DeliverySettings settings,
    TimeProvider time) : IDisposable
{
    private readonly List<PendingEvent> _segment = [];
    private PendingEvent? _ahead;
    private bool _isAheadPrepared;
    private int _next;

    /// <summary>The next event, not mapped yet; null at the end. Deliveries wait at the gate with it in hand.</summary>
    public PendingEvent? Peek()
    {
        if (_ahead is null && _next < run.Count)
        {
            _ahead = Begin(run[_next++]);
            _isAheadPrepared = false;
        }

        return _ahead;
    }

    /// <summary>The next segment, mapped; valid until the next call. Call after <see cref="Peek"/> found an event.</summary>
    public List<PendingEvent> Read()
    {
        _segment.Clear();
        int items = 0;
        int bytes = BatchBody.FrameBytes;
        while (PeekPrepared() is { } pending)
        {
            // Events that end without being sent travel with the rest, so that all end in order.
            bool fits = pending.End is not null || (pending.Item is { } item && ++items <= settings.BatchItems && (bytes += item.Length + 1) <= TrackApiLimits.BatchBytes);
            if (_segment.Count > 0 && !fits)
            {
                break;
            }

            _segment.Add(pending);
            _ahead = null;
            if (!fits || settings.Mode == DeliveryMode.Single)
            {
                break;
            }
        }

        return _segment;
    }

    /// <inheritdoc/>
    public void Dispose() => _ahead?.Dispose();

    private PendingEvent? PeekPrepared()
    {
        if (Peek() is { } pending && !_isAheadPrepared)
        {
            preparation.Prepare(pending);
            pending.Compact();
            _isAheadPrepared = true;
        }

        return _ahead;
    }

    private PendingEvent Begin(ReceivedEvent received)
    {
        EventEnvelope envelope = received.Envelope;
        long others = received.History.FirstFailedAt is null ? 0 : peers.AtFirstFailure(envelope.Partition, envelope.EventId);
        Activity? around = Activity.Current;
        Activity? span = DestinationTracing.StartDelivery(envelope);
        Activity.Current = around;
        return new PendingEvent(received, time.GetTimestamp(), span, others);
    }
}
