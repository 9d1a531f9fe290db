using System.Buffers;
using System.Diagnostics;
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
            BatchOutcome outcome = await SendPartAsync(part, lane, failedBefore, cancellationToken);
            switch (outcome)
            {
                case BatchOutcome.Itemised itemised:
                    if (Settle(part, itemised) is { Length: > 0 } left)
                    {
                        parts.Push(left);
                    }

                    break;
                case BatchOutcome.Split split when part.Count == 1:
                    part[0].Outcome = gate.Judge(part[0].Envelope.Partition, Rejected(split.Status, split.Error));
                    break;
                case BatchOutcome.Split:
                    parts.Push(part[(part.Count / 2)..]);
                    parts.Push(part[..(part.Count / 2)]);
                    break;
                case BatchOutcome.Whole whole:
                    SetOutcome(Rest(parts).Concat(part), gate.Judge(PartitionsOf(part), whole.Outcome));
                    return;
                default:
                    throw new UnreachableException();
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

    private async Task<BatchOutcome> SendPartAsync(ArraySegment<PendingEvent> part, Lane lane, bool failedBefore, CancellationToken cancellationToken)
    {
        using BatchBody body = new(part);
        (BatchOutcome outcome, int calls) = await client.SendBatchAsync(body.Request, part.Count, lane, repeatQuickly: !failedBefore, cancellationToken);
        metrics.BatchSent(part.Count);
        int? status = outcome switch
        {
            BatchOutcome.Itemised itemised => itemised.Status,
            BatchOutcome.Split split => split.Status,
            BatchOutcome.Whole whole => whole.Outcome.HttpStatus,
            _ => throw new UnreachableException(),
        };
        foreach (PendingEvent pending in part)
        {
            pending.Called(calls, status);
        }

        return outcome;
    }

    // Returns the events that must be sent again: in a refused batch, those no error names.
    private PendingEvent[] Settle(ArraySegment<PendingEvent> part, BatchOutcome.Itemised itemised)
    {
        Dictionary<int, AnswerError> named = itemised.Errors.ToDictionary(static error => error.Index!.Value);

        // What is rejected beside something that is taken says nothing about the destination.
        bool someTaken = itemised.RestTaken && named.Count < part.Count;
        if (someTaken)
        {
            SetOutcome(part, gate.Judge(part[0].Envelope.Partition, new DeliveryOutcome.Delivered(itemised.Status)));
        }

        foreach ((int index, AnswerError error) in named)
        {
            DeliveryOutcome.Rejected rejected = Rejected(itemised.Status, error);
            part[index].Outcome = someTaken ? rejected : gate.Judge(part[index].Envelope.Partition, rejected);
        }

        return itemised.RestTaken ? [] : [.. part.Where((_, index) => !named.ContainsKey(index))];
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

    private static DeliveryOutcome.Rejected Rejected(int status, AnswerError error) => new(status, error.Code, error.Field, error.Message);
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
