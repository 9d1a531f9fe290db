using System.Diagnostics;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Model;
using CustomerIoDestination.People;
using CustomerIoDestination.Rules;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery.Sending;

/// <summary>One event on its way through one pass of the delivery handler: what is to be sent for it, and what happened so far.</summary>
internal sealed class PendingEvent : IDisposable
{
    private bool _isDisposed;
    private EventScope? _scope;

    // Failed calls of the request under way that were made again at once, and told.
    private int _repeatsTold;

    public PendingEvent(ReceivedEvent received, long startedAt, Activity? span, long othersAtFirstFailure)
    {
        Received = received;
        StartedAt = startedAt;
        Span = span;
        OthersAtFirstFailure = othersAtFirstFailure;
        Attempts = received.Envelope.BeforeReplay.FailedCalls + received.History.FailedCalls;
        FailedCalls = received.History.FailedCalls;
        FirstFailedAt = received.History.FirstFailedAt;
    }

    public ReceivedEvent Received { get; }

    public EventEnvelope Envelope => Received.Envelope;

    public long StartedAt { get; }

    public Activity? Span { get; }

    /// <summary>The memory it is mapped in, and that of <see cref="Requests"/>.</summary>
    public EventScope Scope => _scope ??= EventScope.Rent();

    /// <summary>The v1 form: these in turn. Empty when it travels in a batch, and before it is mapped.</summary>
    public IReadOnlyList<TrackApiRequest> Requests { get; set; } = [];

    /// <summary>The v2 form; null when it travels alone.</summary>
    public ReadOnlyMemory<byte>? Item { get; set; }

    /// <summary>Whether it is mapped, well or not.</summary>
    public bool IsPrepared { get; private set; }

    /// <summary>How it ends unless everything must be held, because its mapping threw an exception; null when it did not.</summary>
    public Settlement? MappingFailure { get; set; }

    /// <summary>What mapping it had to say.</summary>
    public IReadOnlyList<MappingWarning> Warnings { get; set; } = [];

    /// <summary>How long after it was delivered it is to be sent once more; null for never.</summary>
    public TimeSpan? RepeatAfter { get; set; }

    /// <summary>Whose it is, where that was asked: by it is learnt once it was delivered. Null where there is nothing to learn.</summary>
    public PersonQuestion? Question { get; set; }

    /// <summary>What the last call came to; null before the first.</summary>
    public DeliveryOutcome? Outcome { get; set; }

    /// <summary>What is done with its queue message; null while it goes on.</summary>
    public Settlement? End { get; set; }

    /// <summary>Calls to Customer.io for it so far: all of this pass, and those of earlier passes that failed and of before a replay.</summary>
    public int Attempts { get; private set; }

    /// <summary>Failed calls, earlier passes included.</summary>
    public int FailedCalls { get; private set; }

    /// <summary>When the first of them failed.</summary>
    public DateTimeOffset? FirstFailedAt { get; private set; }

    /// <summary>The last HTTP status.</summary>
    public int? HttpStatus { get; private set; }

    /// <summary>Events of other partitions this process had delivered when this one began to fail.</summary>
    public long OthersAtFirstFailure { get; private set; }

    /// <summary>When its failures were last written down, as a timestamp of the clock; null for never.</summary>
    public long? KeptAt { get; set; }

    /// <summary>Told of each call for it that failed and is made again at once; null where nobody asks.</summary>
    public Action<PendingEvent, TrackApiAnswer.Unavailable, TimeSpan>? CallRepeats { get; init; }

    /// <summary>How often it was tried, for a release.</summary>
    public FailureHistory History => new(FailedCalls, FirstFailedAt);

    /// <summary>A request that holds it is made.</summary>
    public void CallBegins() => _repeatsTold = 0;

    /// <summary>A call that held it failed and is made again at once.</summary>
    public void Repeats(TrackApiAnswer.Unavailable failed, TimeSpan wait)
    {
        _repeatsTold++;
        Attempts++;
        HttpStatus = failed.HttpStatus ?? HttpStatus;
        CallRepeats?.Invoke(this, failed, wait);
    }

    /// <summary>How many of the last request's failed calls were told already; none of the next's are.</summary>
    public int TakeRepeatsTold() => Interlocked.Exchange(ref _repeatsTold, 0);

    /// <summary>Calls were made that held it; those that were told count already.</summary>
    public void Called(int calls, int? status)
    {
        Attempts += Math.Max(0, calls - _repeatsTold);
        HttpStatus = status ?? HttpStatus;
    }

    /// <summary>It could not be delivered now. A first failure that lies in the future was noted by a wrong clock, and is noted anew.</summary>
    public void Failed(int calls, DateTimeOffset now, long others)
    {
        FailedCalls += calls;
        if (FirstFailedAt is not { } first || first > now)
        {
            FirstFailedAt = now;
            OthersAtFirstFailure = others;
        }
    }

    /// <summary>
    /// It is mapped. Whatever waits for a batch keeps its item only: hundreds of a partition may wait, and the memory to map one is many times its size.
    /// </summary>
    public void Compact()
    {
        IsPrepared = true;
        if (Requests.Count > 0)
        {
            return;
        }

        if (Item is { } item)
        {
            Item = item.ToArray();
        }

        ReturnScope();
    }

    /// <summary>It is to be mapped anew.</summary>
    public void Reset()
    {
        Requests = [];
        Item = null;
        IsPrepared = false;
        ReturnScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            Span?.Dispose();
            ReturnScope();
        }
    }

    private void ReturnScope()
    {
        _scope?.Dispose();
        _scope = null;
    }
}

/// <summary>
/// Consecutive events of one partition that are sent together, in their order: one alone by its requests, or one or more in a batch. Shipments of
/// several partitions share a batch, but not one that failed before: it goes alone, so that an event that can't be taken does not hold the others.
/// </summary>
/// <param name="Events">The events, oldest first, at least one. Those with an item fit one batch; one without is alone.</param>
/// <param name="TravelsAlone">Whether it must not share a batch.</param>
/// <param name="Failures">How often it failed in a row.</param>
/// <param name="IsTrial">Whether it was let through a closed gate.</param>
internal sealed record Shipment(IReadOnlyList<PendingEvent> Events, bool TravelsAlone, int Failures, bool IsTrial)
{
    /// <summary>Their lane.</summary>
    public Lane Lane => Events[0].Envelope.Lane;

    /// <summary>Whether it goes in a batch.</summary>
    public bool IsForBatch => Events[0].Item is not null;

    /// <summary>Bytes of its items in a batch, commas included.</summary>
    public int Bytes { get; } = Events.Sum(static pending => pending.Item?.Length + 1 ?? 0);
}

/// <summary>Sends events, has the gate judge what came of it, and gives each event its outcome.</summary>
internal interface IEventSender
{
    /// <summary>Sends a shipment. When the task ends every event of it has its outcome.</summary>
    /// <param name="shipment">What to send.</param>
    /// <param name="cancellationToken">Ends waits before it is sent; a request on the wire is finished all the same.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled before it was sent.</exception>
    /// <exception cref="WithdrawnException">Its person was forgotten meanwhile; it was not sent.</exception>
    Task SendAsync(Shipment shipment, CancellationToken cancellationToken);
}

/// <summary>Sends one event by its requests: in turn, stopped at the first that is not taken; a repeat sends all of them again.</summary>
internal sealed class SingleSender(TrackApiClient client, PersonMemory people, DeliveryGate gate) : IEventSender
{
    /// <inheritdoc/>
    public async Task SendAsync(Shipment shipment, CancellationToken cancellationToken)
    {
        PendingEvent pending = shipment.Events[0];
        Activity.Current = pending.Span ?? Activity.Current;
        DeliveryOutcome? outcome = null;
        foreach (TrackApiRequest request in pending.Requests)
        {
            pending.CallBegins();
            outcome = await client.SendAsync(
                request,
                pending.Envelope.Lane,
                () => people.MayStillGoAsync(pending.Envelope, pending.Question, cancellationToken),
                pending.Repeats,
                cancellationToken);
            pending.Called(outcome.Calls, outcome.HttpStatus);
            if (outcome is not DeliveryOutcome.Delivered)
            {
                break;
            }
        }

        pending.Outcome = gate.Judge(pending.Envelope.Partition, outcome ?? throw new UnreachableException());
    }
}
