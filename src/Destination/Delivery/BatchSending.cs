using System.Diagnostics;
using CustomerIoDestination.Queueing;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// Sends one batch and gives each event its outcome. A refusal that names no item halves the batch, first half first, until the guilty
/// item stands alone; as soon as a part can't be taken now, the parts behind it are not sent, which keeps the order.
/// </summary>
internal sealed class BatchSending(TrackApiClient client, DestinationMetrics metrics)
{
    /// <summary>Sends the events, which must fit one batch.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; some events may have been sent.</exception>
    public async Task SendAsync(PendingEvent[] events, Lane lane, CancellationToken cancellationToken)
    {
        Stack<ArraySegment<PendingEvent>> parts = new([new ArraySegment<PendingEvent>(events)]);
        while (parts.TryPop(out ArraySegment<PendingEvent> part))
        {
            BatchOutcome outcome = await SendPartAsync(part, lane, cancellationToken);
            switch (outcome)
            {
                case BatchOutcome.Itemised itemised:
                    if (Settle(part, itemised) is { Length: > 0 } left)
                    {
                        parts.Push(left);
                    }

                    break;
                case BatchOutcome.Split split when part.Count == 1:
                    part[0].Outcome = Rejected(split.Status, split.Error);
                    break;
                case BatchOutcome.Split:
                    parts.Push(part[(part.Count / 2)..]);
                    parts.Push(part[..(part.Count / 2)]);
                    break;
                case BatchOutcome.Whole { Outcome: DeliveryOutcome.Rejected or DeliveryOutcome.Delivered } whole:
                    SetOutcome(part, whole.Outcome);
                    break;
                case BatchOutcome.Whole whole:
                    SetOutcome(parts.Prepend(part).SelectMany(static events => events), whole.Outcome);
                    return;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private async Task<BatchOutcome> SendPartAsync(ArraySegment<PendingEvent> part, Lane lane, CancellationToken cancellationToken)
    {
        using BatchBody body = new(part);
        (BatchOutcome outcome, int calls) = await client.SendBatchAsync(body.Request, part.Count, lane, cancellationToken);
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
    private static PendingEvent[] Settle(ArraySegment<PendingEvent> part, BatchOutcome.Itemised itemised)
    {
        SetOutcome(part, new DeliveryOutcome.Delivered(itemised.Status));
        HashSet<int> named = [];
        foreach (AnswerError error in itemised.Errors)
        {
            // Several errors of one item: the first says enough.
            if (named.Add(error.Index!.Value))
            {
                part[error.Index.Value].Outcome = Rejected(itemised.Status, error);
            }
        }

        return itemised.RestTaken ? [] : [.. part.Where((_, index) => !named.Contains(index))];
    }

    private static void SetOutcome(IEnumerable<PendingEvent> events, DeliveryOutcome outcome)
    {
        foreach (PendingEvent pending in events)
        {
            pending.Outcome = outcome;
        }
    }

    private static DeliveryOutcome.Rejected Rejected(int status, AnswerError error) => new(status, error.Code, error.Field, error.Message);
}
