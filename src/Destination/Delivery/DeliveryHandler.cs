using System.Diagnostics;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Delivery.Preparing;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// Delivers events: waits at the gate, maps, sends, decides, and waits in place before it sends again, because a re-queued copy would break the
/// order. A pass waits no longer than the hold budget; then it gives the event back to the queue. Failures are results, never exceptions.
/// Thread-safe; one call a partition at a time.
/// </summary>
public sealed class DeliveryHandler
{
    private readonly DeliveryGate _gate;
    private readonly EventPreparation _preparation;
    private readonly EventSender _sender;
    private readonly RetryPolicy _policy;
    private readonly PeerDeliveries _peers;
    private readonly AttemptRecorder _recorder;
    private readonly DeliverySettings _settings;
    private readonly SteadyClock _clock;
    private readonly TimeProvider _time;

    internal DeliveryHandler(
        DeliveryGate gate,
        EventPreparation preparation,
        EventSender sender,
        RetryPolicy policy,
        PeerDeliveries peers,
        AttemptRecorder recorder,
        DeliverySettings settings,
        SteadyClock clock,
        TimeProvider time)
    {
        _gate = gate;
        _preparation = preparation;
        _sender = sender;
        _policy = policy;
        _peers = peers;
        _recorder = recorder;
        _settings = settings;
        _clock = clock;
        _time = time;
    }

    /// <summary>Delivers one event. Cancelled (shutdown, lost lock), it finishes the request on the wire and releases the event.</summary>
    /// <param name="received">The event.</param>
    /// <param name="keep">Writes down how often it failed while it waits; null where nobody can.</param>
    /// <param name="cancellationToken">Ends waits.</param>
    public async Task<DeliveryAttempt> DeliverAsync(ReceivedEvent received, Func<FailureHistory, Task>? keep, CancellationToken cancellationToken)
    {
        DeliveryAttempt? result = null;
        await DeliverRunAsync([received], (_, attempt) => result = attempt, keep is null ? null : (_, history) => keep(history), cancellationToken);
        return result ?? throw new UnreachableException();
    }

    /// <summary>Delivers a run of one partition, oldest first. Every event ends in order; the first that is released ends the run.</summary>
    /// <param name="run">Consecutive events of one partition.</param>
    /// <param name="ended">Called once for each event that ended, in order.</param>
    /// <param name="keep">Writes down how often an event failed while the run waits for it; null where nobody can.</param>
    /// <param name="cancellationToken">Ends waits; a request on the wire is finished all the same.</param>
    public async Task DeliverRunAsync(
        IReadOnlyList<ReceivedEvent> run,
        Action<ReceivedEvent, DeliveryAttempt> ended,
        Func<ReceivedEvent, FailureHistory, Task>? keep,
        CancellationToken cancellationToken)
    {
        FailureKeeping keeping = new(keep, _time);
        using RunReader reader = new(run, _preparation, _peers, _settings, _time);
        using CancellationTokenSource budget = new(Timeout.InfiniteTimeSpan, _time);
        await using CancellationTokenRegistration link = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), budget);
        while (reader.Peek() is { } head)
        {
            budget.CancelAfter(_settings.HoldBudget);
            SegmentDelivery segment = new(head, ended);
            try
            {
                await _gate.EnterAsync(head.Envelope.Partition, budget.Token);
                segment.Enter(_gate.State);
                segment.Open(reader.Read());
                segment.EndInOrder(_recorder);
                await DeliverSegmentAsync(segment, head.Envelope.Partition, keeping, budget.Token);
            }
            catch (Exception exception) when (exception is EverythingRejectedException || (exception is OperationCanceledException && budget.IsCancellationRequested))
            {
                Release(segment, cancellationToken);
                return;
            }
            finally
            {
                segment.Dispose();
            }
        }
    }

    private async Task DeliverSegmentAsync(SegmentDelivery segment, Partition partition, FailureKeeping keeping, CancellationToken cancellationToken)
    {
        IReadOnlyList<PendingEvent> events = segment.NextToSend();
        if (events.Count == 0)
        {
            _gate.MadeNoCall();
        }

        for (; events.Count > 0; events = segment.NextToSend())
        {
            await SendAsync(events, segment, cancellationToken);
            segment.Sent(events);
            RetryDecision? next = null;
            foreach (PendingEvent pending in events)
            {
                RetryDecision decision = Decide(pending, segment.FailuresInARow);
                next ??= decision is RetryDecision.Settle ? null : decision;
            }

            segment.EndInOrder(_recorder);
            if (next is RetryDecision.Wait wait)
            {
                await keeping.WaitsForAsync(segment.Head);
                await Task.Delay(wait.Delay, _time, cancellationToken);
            }

            if (next is not null)
            {
                await _gate.EnterAsync(partition, cancellationToken);
                segment.Enter(_gate.State);
            }
        }
    }

    /// <summary>
    /// Sends. What nobody expected (a bug, a machine in trouble) counts as a failed call, so that it is waited out like Customer.io being down, and an
    /// event that alone meets it ends in the dead letters by the same rules, whatever the queue.
    /// </summary>
    private async ValueTask SendAsync(IReadOnlyList<PendingEvent> events, SegmentDelivery segment, CancellationToken cancellationToken)
    {
        try
        {
            await _sender.SendAsync(events, segment, cancellationToken);
        }
#pragma warning disable CA1031 // Its message may quote the event, so only its type is told.
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _recorder.Broke(events[0].Envelope, exception.GetType().Name);
            foreach (PendingEvent pending in events)
            {
                pending.Outcome = new DeliveryOutcome.Unavailable("internal_error");
                pending.Called(1, status: null);
            }
        }
    }

    private RetryDecision Decide(PendingEvent pending, int failuresInARow)
    {
        Partition partition = pending.Envelope.Partition;
        DeliveryOutcome outcome = pending.Outcome!;
        DateTimeOffset now = _clock.UtcNow;
        if (outcome is DeliveryOutcome.Unavailable)
        {
            pending.Failed(outcome.Calls, now, _peers.Others(partition));
        }

        RetryDecision decision = _policy.Decide(new RetryFacts
        {
            Outcome = outcome,
            Age = now - pending.Envelope.QueuedAt,
            FailedCalls = pending.FailedCalls,
            FailingFor = now - (pending.FirstFailedAt ?? now),
            FailuresInARow = failuresInARow,
            OthersDelivered = _peers.Others(partition) - pending.OthersAtFirstFailure,
        });
        switch (decision)
        {
            case RetryDecision.Settle { Settlement: Settlement.DeadLetter letter }:
                pending.End = DeliveryEnd.Dead(letter);
                break;
            case RetryDecision.Settle:
                pending.End = DeliveryEnd.Delivered;
                _peers.Delivered(partition);
                break;
        }

        return decision;
    }

    private void Release(SegmentDelivery segment, CancellationToken cancellationToken)
    {
        PendingEvent head = segment.Head;
        string reason = head.Outcome switch
        {
            DeliveryOutcome.Unavailable unavailable => unavailable.Code,
            DeliveryOutcome.Misconfigured misconfigured => misconfigured.Code,
            _ when cancellationToken.IsCancellationRequested => "stopping",
            _ => _gate.State.WaitsFor ?? "no_permit",
        };
        _peers.Released(head.Envelope.Partition, head.Envelope.EventId, head.OthersAtFirstFailure);
        segment.Release(_recorder, DeliveryEnd.Released(reason, head.History));
    }
}
