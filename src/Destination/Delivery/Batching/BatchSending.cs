using System.Buffers;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Delivery.Sending;
using CustomerIoDestination.Model;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery.Batching;

/// <summary>
/// Sends one batch, tells the gate what came of it, and gives each event its outcome. After a refusal that names no item it goes on in smaller parts
/// (<see cref="PartSize"/>), in order, until each guilty item was refused alone; as soon as a part can't be taken now, or the destination pauses, the events
/// behind it are not sent, which keeps the order.
/// </summary>
internal sealed class BatchSending(TrackApiClient client, DeliveryGate gate, DestinationMetrics metrics)
{
    /// <summary>Sends the events.</summary>
    /// <param name="events">The events, which must fit one batch.</param>
    /// <param name="lane">Whose permit it takes.</param>
    /// <param name="failedBefore">Whether they, alone, could not be taken before: then there are no quick retries, which would hold a place on the wire three times as long.</param>
    /// <param name="cancellationToken">Ends waits before a request.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; some events may have been sent.</exception>
    public async Task SendAsync(PendingEvent[] events, Lane lane, bool failedBefore, CancellationToken cancellationToken)
    {
        ArraySegment<PendingEvent> rest = events;
        PartSize size = new(events.Length);
        while (rest.Count > 0)
        {
            ArraySegment<PendingEvent> part = rest[..size.Next(rest.Count)];
            TrackApiAnswer answer = await SendPartAsync(part, lane, failedBefore, cancellationToken);
            if (answer is not (TrackApiAnswer.Taken or TrackApiAnswer.Refused))
            {
                SetOutcome(rest, gate.Judge(PartitionsOf(part), DeliveryOutcome.Of(answer)));
                return;
            }

            int unnamed = answer.Errors.ToList().FindIndex(error => error.Index is not { } index || index < 0 || index >= part.Count);
            if (unnamed < 0)
            {
                PendingEvent[] left = Settle(part, answer);
                size.Understood(part.Count - left.Length);
                rest = left.Length == 0 ? rest[part.Count..] : (PendingEvent[])[.. left, .. rest[part.Count..]];
            }
            else if (part.Count == 1)
            {
                part[0].Outcome = gate.Judge(part[0].Envelope.Partition, DeliveryOutcome.RejectedFor(answer.Errors[unnamed], answer));
                size.FoundGuilty();
                rest = rest[1..];
            }
            else
            {
                size.Refused(part.Count);
            }

            if (gate.State is { PausedFor: not null } closed)
            {
                Hold(rest, closed);
                return;
            }
        }
    }

    /// <summary>These are not sent while the gate is closed; they wait there.</summary>
    public static void Hold(IEnumerable<PendingEvent> events, GateState state) =>
        SetOutcome(events, new DeliveryOutcome.Misconfigured(state.WaitsFor ?? GateState.BreakerOpenCode, null) { Calls = 0 });

    private async Task<TrackApiAnswer> SendPartAsync(ArraySegment<PendingEvent> part, Lane lane, bool failedBefore, CancellationToken cancellationToken)
    {
        using BatchBody body = new(part);
        foreach (PendingEvent pending in part)
        {
            pending.CallBegins();
        }

        TrackApiAnswer answer = await client.SendBatchAsync(body.Request, lane, mayRepeat: !failedBefore, Repeats, cancellationToken);
        metrics.BatchSent(part.Count);
        foreach (PendingEvent pending in part)
        {
            pending.Called(answer.Calls, answer.HttpStatus);
        }

        return answer;

        void Repeats(TrackApiAnswer.Unavailable failed, TimeSpan wait)
        {
            foreach (PendingEvent pending in part)
            {
                pending.Repeats(failed, wait);
            }
        }
    }

    // Each error names an item, which is rejected. Returns the events that must be sent again: in a refused batch, those no error names.
    private PendingEvent[] Settle(ArraySegment<PendingEvent> part, TrackApiAnswer answer)
    {
        bool restTaken = answer is TrackApiAnswer.Taken;
        Dictionary<int, AnswerError> named = answer.Errors.ToDictionary(static error => error.Index!.Value);

        // What is rejected beside something that is taken says nothing about the destination.
        bool someTaken = restTaken && named.Count < part.Count;
        if (someTaken)
        {
            SetOutcome(part, gate.Judge(part[0].Envelope.Partition, new DeliveryOutcome.Delivered(answer.HttpStatus) { Calls = answer.Calls }));
        }

        foreach ((int index, AnswerError error) in named)
        {
            DeliveryOutcome.Rejected rejected = DeliveryOutcome.RejectedFor(error, answer);
            part[index].Outcome = someTaken ? rejected : gate.Judge(part[index].Envelope.Partition, rejected);
        }

        return restTaken ? [] : [.. part.Where((_, index) => !named.ContainsKey(index))];
    }

    private static Partition[] PartitionsOf(ArraySegment<PendingEvent> part) => [.. part.Select(static pending => pending.Envelope.Partition).Distinct()];

    private static void SetOutcome(IEnumerable<PendingEvent> events, DeliveryOutcome outcome)
    {
        foreach (PendingEvent pending in events)
        {
            pending.Outcome = outcome;
        }
    }
}

/// <summary>
/// How many events the next part of a batch holds. A refusal that names no item divides it by eight, what is taken multiplies it by four, and a guilty item
/// is likely to have guilty neighbours, which are tried one by one. So one guilty item among 500 costs about as many calls as halving would (18), and where
/// all are guilty each costs little more than its one call, instead of two.
/// </summary>
/// <param name="all">The events of the batch.</param>
internal struct PartSize(int all)
{
    private const int Division = 8;
    private const int Growth = 4;

    // Taken in a row after a guilty one, until it is believed that it stood alone.
    private const int Proof = 2;

    private int _size = all;
    private int _unproven;

    // How many of the first events left are known to hold a guilty one.
    private int _suspects;

    /// <summary>How many are sent next.</summary>
    /// <param name="left">How many there are.</param>
    public int Next(int left)
    {
        // These together are sure to be refused.
        if (_suspects > 0 && _size >= _suspects)
        {
            _size = Math.Max(1, _suspects / Division);
        }

        return Math.Min(_size, left);
    }

    /// <summary>These, more than one, were refused.</summary>
    public void Refused(int count)
    {
        _suspects = count;
        _size = Math.Max(1, count / Division);
    }

    /// <summary>One alone was refused.</summary>
    public void FoundGuilty()
    {
        _suspects = 0;
        _size = 1;
        _unproven = Proof;
    }

    /// <summary>So many were taken, or refused by name.</summary>
    public void Understood(int count)
    {
        _suspects = Math.Max(0, _suspects - count);
        _unproven = Math.Max(0, _unproven - 1);
        _size = _unproven > 0 ? _size : Math.Max(_size, count) * Growth;
    }
}

/// <summary>The body <c>{"batch":[…]}</c> in pooled memory.</summary>
internal readonly struct BatchBody : IDisposable
{
    /// <summary>Bytes around the items.</summary>
    public const int FrameBytes = 12;

    private const string Path = "/api/v2/batch";

    private readonly byte[] _array;

    public BatchBody(ReadOnlySpan<PendingEvent> events)
    {
        int size = FrameBytes;
        foreach (PendingEvent pending in events)
        {
            size += pending.Item!.Value.Length + 1;
        }

        _array = ArrayPool<byte>.Shared.Rent(size);
        int length = Write(_array, events);
        Request = new TrackApiRequest(TrackApiMethod.Post, Path, Path, _array.AsMemory(0, length));
    }

    public TrackApiRequest Request { get; }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_array, clearArray: true);

    private static int Write(Span<byte> to, ReadOnlySpan<PendingEvent> events)
    {
        int length = Append(to, 0, "{\"batch\":["u8);
        for (int i = 0; i < events.Length; i++)
        {
            length = i > 0 ? Append(to, length, ","u8) : length;
            length = Append(to, length, events[i].Item!.Value.Span);
        }

        return Append(to, length, "]}"u8);
    }

    private static int Append(Span<byte> to, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to[at..]);
        return at + bytes.Length;
    }
}
