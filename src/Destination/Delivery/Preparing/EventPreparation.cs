using System.Text;
using System.Text.Json;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Delivery.Preparing;

/// <summary>
/// Maps an event and writes what is to be sent for it. Whatever goes wrong in that is the event's fault and leads to the dead letters; but an
/// exception may be this deployment's fault, and counts with the rejections that pause the destination when there is nothing else.
/// </summary>
internal sealed partial class EventPreparation(EnvelopeMapper mapper, DeliveryGate gate, DeliverySettings settings, ILogger<EventPreparation> logger)
{
    private const int MaxDescription = 4096;

    private static readonly DeliveryOutcome.Rejected Broke = new(0, "mapping_failed", null, "the event can't be mapped") { Calls = 0 };

    /// <summary>Prepares the event: afterwards it has its end, its item or its requests.</summary>
    /// <exception cref="EverythingRejectedException">It could not be mapped, as no event before it could: it must be held.</exception>
    public void Prepare(PendingEvent pending)
    {
        try
        {
            switch (mapper.Map(pending.Envelope, pending.Scope))
            {
                case MappingResult.Skipped skipped:
                    pending.End = DeliveryEnd.Skipped(skipped.Reason);
                    break;
                case MappingResult.Invalid invalid:
                    pending.End = DeliveryEnd.Dead(new Settlement.DeadLetter(invalid.Problems[0].Reason, Describe(invalid.Problems)));
                    break;
                case MappingResult.Mapped mapped:
                    Write(pending, mapped.Operations);
                    break;
            }
        }
#pragma warning disable CA1031 // One event's trouble must not stop its partition; the message may quote the event, so only the type is told.
        catch (Exception exception) when (exception is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            string type = exception.GetType().Name;
            Log.MappingFailed(logger, pending.Envelope.EventId, type);
            if (exception is not JsonException && gate.Report(pending.Envelope.Partition, Broke) is DeliveryOutcome.Misconfigured)
            {
                throw new EverythingRejectedException(exception);
            }

            DeadLetterReason reason = exception is JsonException ? DeadLetterReason.Unreadable : DeadLetterReason.InvalidEvent;
            pending.End = DeliveryEnd.Dead(new Settlement.DeadLetter(reason, $"the event can't be mapped ({type})"));
        }
    }

    private void Write(PendingEvent pending, IReadOnlyList<TrackApiOperation> operations)
    {
        if (settings.Mode == DeliveryMode.Batch && operations is [{ } only]
            && BatchItem.TryWrite(only, settings.BatchAnonymous, pending.Scope.Output, out ReadOnlyMemory<byte> item)
            && item.Length <= TrackApiLimits.BatchItemBytes)
        {
            pending.Item = item;
            return;
        }

        TrackApiRequest[] requests = new TrackApiRequest[operations.Count];
        for (int i = 0; i < requests.Length; i++)
        {
            requests[i] = SingleRequest.Write(operations[i], pending.Scope.Output);
        }

        pending.Requests = requests;
    }

    private static string Describe(IReadOnlyList<MappingProblem> problems)
    {
        StringBuilder text = new();
        foreach (MappingProblem problem in problems)
        {
            text.Append(text.Length > 0 ? "; " : "").Append(problem.Field).Append(": ").Append(problem.Message);
        }

        return text.ToString(0, Math.Min(text.Length, MaxDescription));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Event {EventId} could not be mapped: {ExceptionType}.")]
        public static partial void MappingFailed(ILogger logger, string eventId, string exceptionType);
    }
}
