using System.Globalization;
using CustomerIoDestination.Delivery.Sending;
using CustomerIoDestination.Model;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Delivery;

/// <summary>Makes the one record of a pass over an event, and tells the log, the metrics, the counters and the trace of it, once.</summary>
internal sealed partial class AttemptRecorder(EventCounters counters, DestinationMetrics metrics, TimeProvider time, ILogger<DeliveryHandler> logger)
{
    private const string None = "none";

    /// <summary>The pass ended.</summary>
    public DeliveryAttempt Record(PendingEvent pending, Settlement end)
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
            IsRepeat = envelope.IsRepeat,
            Attempts = pending.Attempts,
            FirstFailedAt = envelope.BeforeReplay.FirstFailedAt ?? pending.FirstFailedAt,
            HttpStatus = pending.HttpStatus,
            Duration = time.GetElapsedTime(pending.StartedAt),
            Warnings = pending.Warnings,
            Settlement = end,
        };
        counters.Ended(attempt);
        metrics.Ended(attempt);
        DestinationTracing.EndDelivery(pending.Span, attempt);
        Write(attempt, envelope.Partition);
        return attempt;
    }

    /// <summary>Sending failed in a way nobody expected; it is tried again.</summary>
    public void Broke(EventEnvelope envelope, string exceptionType) => Log.SendingBroke(logger, envelope.EventId, envelope.Partition, exceptionType);

    /// <summary>So many calls for an event failed and are made again, here or inside the HTTP pipeline: told as they fail.</summary>
    public void Repeated(int calls)
    {
        if (calls > 0)
        {
            metrics.Repeated(calls);
            counters.CallsFailed(calls);
        }
    }

    private void Write(DeliveryAttempt attempt, Partition partition)
    {
        LogLevel level = attempt.Outcome switch
        {
            AttemptOutcome.DeadLettered => LogLevel.Warning,
            AttemptOutcome.Released => LogLevel.Information,
            _ => LogLevel.Debug,
        };
        if (!logger.IsEnabled(level))
        {
            return;
        }

        string outcome = attempt.Outcome.ToCode();
        string kind = attempt.Kind.ToCode();
        string reason = attempt.Reason ?? None;
        string status = attempt.HttpStatus?.ToString(CultureInfo.InvariantCulture) ?? None;
        string description = (attempt.Settlement as Settlement.DeadLetter)?.Description ?? "";
        long milliseconds = (long)attempt.Duration.TotalMilliseconds;
        Log.DeliveryEnded(
            logger, level, outcome, reason, attempt.EventId, kind, partition, attempt.Attempts, status, milliseconds, description);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Sending event {EventId} of {Partition} broke off ({ExceptionType}); it is tried again.")]
        public static partial void SendingBroke(ILogger logger, string eventId, Partition partition, string exceptionType);

        [LoggerMessage(
            Message = "Delivery ended: {Outcome}, reason {Reason}, event {EventId} ({Kind}) of {Partition}, {Attempts} calls, HTTP {HttpStatus}, {DurationMs} ms. {Description}")]
        public static partial void DeliveryEnded(
            ILogger logger,
            LogLevel level,
            string outcome,
            string reason,
            string eventId,
            string kind,
            Partition partition,
            int attempts,
            string httpStatus,
            long durationMs,
            string description);
    }
}
