using CustomerIoDestination.Ingest;
using CustomerIoDestination.Queueing;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Delivery;

/// <summary>Makes the one record of a pass over an event, and tells the log, the metrics, the counters and the trace of it, once.</summary>
internal sealed partial class AttemptRecorder(EventCounters counters, DestinationMetrics metrics, TimeProvider time, ILogger<DeliveryHandler> logger)
{
    /// <summary>The pass ended.</summary>
    public DeliveryAttempt Record(PendingEvent pending, DeliveryEnd end)
    {
        EventEnvelope envelope = pending.Envelope;
        DeliveryAttempt attempt = new()
        {
            At = time.GetUtcNow(),
            EventId = envelope.EventId,
            Kind = envelope.Kind,
            Lane = envelope.Lane,
            ReceivedAt = envelope.ReceivedAt,
            ReplayCount = envelope.ReplayCount,
            Outcome = end.Outcome,
            Reason = end.Reason,
            Attempts = pending.Received.History.Attempts + pending.Calls,
            HttpStatus = pending.HttpStatus,
            Duration = time.GetElapsedTime(pending.StartedAt),
            Settlement = end.Settlement,
        };
        counters.Ended(attempt);
        metrics.Ended(attempt);
        DestinationTracing.EndDelivery(pending.Span, attempt);
        Write(attempt, envelope.Partition);
        return attempt;
    }

    /// <summary>Calls were repeated, here or inside the HTTP pipeline.</summary>
    public void Repeated(int calls)
    {
        if (calls <= 0)
        {
            return;
        }

        metrics.Repeated(calls);
        for (int i = 0; i < calls; i++)
        {
            counters.Retried();
        }
    }

    private void Write(DeliveryAttempt attempt, Partition partition)
    {
        LogLevel level = attempt.Outcome == AttemptOutcome.DeadLettered ? LogLevel.Warning : LogLevel.Information;
        if (!logger.IsEnabled(level))
        {
            return;
        }

        string outcome = attempt.Outcome.ToCode();
        string kind = attempt.Kind.ToCode();
        string? description = (attempt.Settlement as Settlement.DeadLetter)?.Description;
        long milliseconds = (long)attempt.Duration.TotalMilliseconds;
        Log.DeliveryEnded(
            logger, level, outcome, attempt.Reason, attempt.EventId, kind, partition, attempt.Attempts, attempt.HttpStatus, milliseconds, description);
    }

    private static partial class Log
    {
        [LoggerMessage(
            Message = "Delivery ended: {Outcome} {Reason}, event {EventId}, {Kind}, {Partition}, {Attempts} calls, HTTP {HttpStatus}, {DurationMs} ms. {Description}")]
        public static partial void DeliveryEnded(
            ILogger logger,
            LogLevel level,
            string outcome,
            string? reason,
            string eventId,
            string kind,
            Partition partition,
            int attempts,
            int? httpStatus,
            long durationMs,
            string? description);
    }
}
