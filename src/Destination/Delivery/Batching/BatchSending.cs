using System.Buffers;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Delivery.Sending;
using CustomerIoDestination.Model;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery.Batching;

/// <summary>
/// Sends one batch, tells the gate what came of it, and gives each event its outcome. A refusal that names no item halves the batch, first half
/// first, until the guilty item stands alone; as soon as a part can't be taken now, or the destination pauses, the parts behind it are not sent,
/// which keeps the order.
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
        Stack<ArraySegment<PendingEvent>> parts = new([new ArraySegment<PendingEvent>(events)]);
        while (parts.TryPop(out ArraySegment<PendingEvent> part))
        {
            TrackApiAnswer answer = await SendPartAsync(part, lane, failedBefore, cancellationToken);
            if (answer is not (TrackApiAnswer.Taken or TrackApiAnswer.Refused))
            {
                SetOutcome(Rest(parts).Concat(part), gate.Judge(PartitionsOf(part), DeliveryOutcome.Of(answer)));
                return;
            }

            int unnamed = answer.Errors.ToList().FindIndex(error => error.Index is not { } index || index < 0 || index >= part.Count);
            if (unnamed < 0)
            {
                if (Settle(part, answer) is { Length: > 0 } left)
                {
                    parts.Push(left);
                }
            }
            else if (part.Count == 1)
            {
                part[0].Outcome = gate.Judge(part[0].Envelope.Partition, DeliveryOutcome.RejectedFor(answer.Errors[unnamed], answer));
            }
            else
            {
                parts.Push(part[(part.Count / 2)..]);
                parts.Push(part[..(part.Count / 2)]);
            }

            if (gate.State is { PausedFor: not null } closed)
            {
                Hold(Rest(parts), closed);
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
        TrackApiAnswer answer = await client.SendBatchAsync(body.Request, lane, mayRepeat: !failedBefore, cancellationToken);
        metrics.BatchSent(part.Count);
        foreach (PendingEvent pending in part)
        {
            pending.Called(answer.Calls, answer.HttpStatus);
        }

        return answer;
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

    private static IEnumerable<PendingEvent> Rest(Stack<ArraySegment<PendingEvent>> parts) => parts.SelectMany(static events => events);

    private static Partition[] PartitionsOf(ArraySegment<PendingEvent> part) => [.. part.Select(static pending => pending.Envelope.Partition).Distinct()];

    private static void SetOutcome(IEnumerable<PendingEvent> events, DeliveryOutcome outcome)
    {
        foreach (PendingEvent pending in events)
        {
            pending.Outcome = outcome;
        }
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
