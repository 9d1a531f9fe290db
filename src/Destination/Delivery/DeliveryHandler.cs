using System.Diagnostics;
using CustomerIoDestination.Delivery.Batching;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Delivery.Sending;
using CustomerIoDestination.Model;
using CustomerIoDestination.People;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// Delivers events: waits at the gate, maps, sends, decides, and waits in place before it sends again, because a re-queued copy would break the
/// order. A pass waits no longer than the hold budget; then it gives the event back to the queue. Failures are results, never exceptions.
/// Thread-safe; one call a partition at a time.
/// </summary>
internal sealed class DeliveryHandler
{
    /// <summary>How often the failures of an event that waits are written down.</summary>
    public static readonly TimeSpan KeepEvery = TimeSpan.FromMinutes(1);

    private readonly DeliveryGate _gate;
    private readonly EventPreparation _preparation;
    private readonly SingleSender _single;
    private readonly BatchSender _batches;
    private readonly PersonMemory _people;
    private readonly RetryPolicy _policy;
    private readonly PeerDeliveries _peers;
    private readonly AttemptRecorder _recorder;
    private readonly DeliveryProgress _progress;
    private readonly DeliverySettings _settings;
    private readonly SteadyClock _clock;
    private readonly TimeProvider _time;

    public DeliveryHandler(
        DeliveryGate gate,
        EventPreparation preparation,
        SingleSender single,
        BatchSender batches,
        PersonMemory people,
        RetryPolicy policy,
        PeerDeliveries peers,
        AttemptRecorder recorder,
        DeliveryProgress progress,
        DeliverySettings settings,
        SteadyClock clock,
        TimeProvider time)
    {
        _gate = gate;
        _preparation = preparation;
        _single = single;
        _batches = batches;
        _people = people;
        _policy = policy;
        _peers = peers;
        _recorder = recorder;
        _progress = progress;
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
        using DeliveryRun events = new(run, End, TellRepeat, _preparation, _peers, _recorder, _settings, _time);
        using CancellationTokenSource budget = new(Timeout.InfiniteTimeSpan, _time);
        await using CancellationTokenRegistration link = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), budget);
        _progress.RunBegan();
        try
        {
            await DeliverAsync(events, keep, budget, cancellationToken);
        }
        finally
        {
            _progress.RunEnded(run);
        }

        void End(ReceivedEvent received, DeliveryAttempt attempt)
        {
            _progress.Ended(attempt.EventId, moved: attempt.Outcome != AttemptOutcome.Released);
            ended(received, attempt);
        }
    }

    private async Task DeliverAsync(
        DeliveryRun run, Func<ReceivedEvent, FailureHistory, Task>? keep, CancellationTokenSource budget, CancellationToken cancellationToken)
    {
        while (run.Head is { } head)
        {
            if (run.IsAtNewSegment)
            {
                budget.CancelAfter(_settings.HoldBudget);
            }

            try
            {
                if (!await TryStepAsync(run, head.Envelope.Partition, keep, budget.Token))
                {
                    Release(run, cancellationToken);
                    return;
                }
            }
            catch (OperationCanceledException) when (budget.IsCancellationRequested)
            {
                Release(run, cancellationToken);
                return;
            }
        }
    }

    /// <summary>Enters the gate, prepares (where it is asked whether each person's event may go), sends, has the gate judge, decides, ends what is over, and waits if it must. False when the run must be held.</summary>
    private async Task<bool> TryStepAsync(DeliveryRun run, Partition partition, Func<ReceivedEvent, FailureHistory, Task>? keep, CancellationToken cancellationToken)
    {
        await _gate.EnterAsync(partition, cancellationToken);
        run.Enter(_gate.State);
        await run.PrepareAsync(cancellationToken);
        if (run.Head is { MappingFailure: { } end } broken)
        {
            if (_gate.JudgeMappingFailure())
            {
                return false;
            }

            broken.End = end;
        }

        if (run.NextToSend() is not { } shipment)
        {
            run.EndInOrder();
            _gate.MadeNoCall();
            return true;
        }

        if (!await TrySendAsync(shipment, cancellationToken))
        {
            // It is asked again why.
            _gate.MadeNoCall();
            return true;
        }

        run.Sent(shipment.Events);
        TimeSpan? wait = Decide(shipment.Events, run.FailuresInARow);
        await LearnAsync(shipment.Events);
        run.EndInOrder();
        if (wait is { } delay)
        {
            await KeepAsync(run.Head!, keep);
            await Task.Delay(delay, _time, cancellationToken);
        }

        return true;
    }

    /// <summary>
    /// Sends. What nobody expected (a bug, a machine in trouble) counts as a failed call, so that it is waited out like Customer.io being down, and an
    /// event that alone meets it ends in the dead letters by the same rules, whatever the queue.
    /// </summary>
    /// <returns>False when it was not sent, because its person was forgotten while it waited for a permit.</returns>
    private async Task<bool> TrySendAsync(Shipment shipment, CancellationToken cancellationToken)
    {
        try
        {
            await (shipment.IsForBatch ? (IEventSender)_batches : _single).SendAsync(shipment, cancellationToken);
        }
        catch (WithdrawnException)
        {
            return false;
        }
#pragma warning disable CA1031 // Its message may quote the event, so only its type is told.
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _recorder.Broke(shipment.Events[0].Envelope, exception.GetType().Name);
            foreach (PendingEvent pending in shipment.Events)
            {
                pending.Outcome = new DeliveryOutcome.Unavailable("internal_error");
                pending.Called(1, status: null);
            }
        }

        return true;
    }

    // Before they are settled: what a process that ends here did not learn, it learns when they come again.
    private async Task LearnAsync(IReadOnlyList<PendingEvent> events)
    {
        foreach (PendingEvent pending in events)
        {
            if (pending is { Question: { } question, Outcome: DeliveryOutcome.Delivered })
            {
                await _people.LearnAsync(question);
            }
        }
    }

    // Gives each event that is over its end. Returns how long to wait for the first that is not; null when all are over or wait at the gate.
    private TimeSpan? Decide(IReadOnlyList<PendingEvent> events, int failuresInARow)
    {
        RetryDecision? next = null;
        foreach (PendingEvent pending in events)
        {
            RetryDecision decision = _policy.Decide(FactsOf(pending, failuresInARow));
            switch (decision)
            {
                case RetryDecision.Settle settle:
                    pending.End = settle.Settlement;
                    if (settle.Settlement is Settlement.Complete complete)
                    {
                        pending.End = pending.RepeatAfter is { } after ? complete with { Repeat = pending.Envelope.RepeatedAfter(_time.GetUtcNow(), after) } : complete;
                        _peers.Delivered(pending.Envelope.Partition);
                    }

                    break;
                default:
                    next ??= decision;
                    _progress.Failed(pending, pending.Outcome!.Reason!, (decision as RetryDecision.Wait)?.Delay);
                    break;
            }

            _recorder.Repeated(pending.Outcome!.Calls - pending.TakeRepeatsTold() - (decision is RetryDecision.Settle ? 1 : 0));
        }

        return (next as RetryDecision.Wait)?.Delay;
    }

    // Inside a try a call may wait for its permit as long as between two: what it waits for is to be seen meanwhile.
    private void TellRepeat(PendingEvent pending, TrackApiAnswer.Unavailable failed, TimeSpan wait)
    {
        _recorder.Repeated(1);
        _progress.Failed(pending, failed.Reason, wait);
    }

    private RetryFacts FactsOf(PendingEvent pending, int failuresInARow)
    {
        DeliveryOutcome outcome = pending.Outcome!;
        ClockReading now = _clock.Read();
        long others = _peers.Others(pending.Envelope.Partition);
        if (outcome is DeliveryOutcome.Unavailable)
        {
            pending.Failed(outcome.Calls, now.CountedFrom, others);
        }

        TimeSpan failingFor = now.Believed - (pending.FirstFailedAt ?? now.Believed);
        TimeSpan openFor = _time.GetElapsedTime(_gate.State.OpenedAt);
        return new RetryFacts
        {
            Outcome = outcome,
            FailedCalls = pending.FailedCalls,
            FailingFor = failingFor,
            TriedFor = failingFor < openFor ? failingFor : openFor,
            FailuresInARow = failuresInARow,
            OthersDelivered = others - pending.OthersAtFirstFailure,
            ClockIsDoubted = now.IsDoubted,
        };
    }

    // Failures outlive a process that ends without a release: from the tenth failed call of an event on, and each minute after.
    private Task KeepAsync(PendingEvent pending, Func<ReceivedEvent, FailureHistory, Task>? keep)
    {
        if (keep is null || pending.FailedCalls < RetryPolicy.UndeliverableCalls || (pending.KeptAt is { } last && _time.GetElapsedTime(last) < KeepEvery))
        {
            return Task.CompletedTask;
        }

        pending.KeptAt = _time.GetTimestamp();
        return keep(pending.Received, pending.History);
    }

    private void Release(DeliveryRun run, CancellationToken cancellationToken)
    {
        PendingEvent head = run.Head!;
        string reason = head.Outcome?.Reason is { } failure ? failure
            : cancellationToken.IsCancellationRequested ? "stopping"
            : _gate.State.WaitsFor ?? "no_permit";
        _peers.Released(head.Envelope.Partition, head.Envelope.EventId, head.OthersAtFirstFailure);
        run.Release(reason);
    }
}
