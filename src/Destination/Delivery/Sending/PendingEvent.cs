using System.Diagnostics;
using CustomerIoDestination.Model;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Rules;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery.Sending;

/// <summary>One event on its way through one pass of the delivery handler: what is to be sent for it, and what happened so far.</summary>
internal sealed class PendingEvent : IDisposable
{
    private bool _isDisposed;
    private EventScope? _scope;

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

    /// <summary>How often it was tried, for a release.</summary>
    public FailureHistory History => new(FailedCalls, FirstFailedAt);

    /// <summary>Calls were made that held it.</summary>
    public void Called(int calls, int? status)
    {
        Attempts += calls;
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
