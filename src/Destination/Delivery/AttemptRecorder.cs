using System.Globalization;
using CustomerIoDestination.Delivery.Sending;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
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

/// <summary>
/// What becomes of the events in hand of this process, as it happens: by it the status tells whether events flow, and an event's story what was tried.
/// Thread-safe.
/// </summary>
internal sealed class DeliveryProgress(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FailingEvent> _failing = new(StringComparer.Ordinal);
    private long _movedAt = time.GetTimestamp();
    private DateTimeOffset _movedUtc = time.GetUtcNow();
    private DateTimeOffset? _freedAt;
    private FailingEvent? _lastFailure;
    private int _runs;

    /// <summary>A run is in hand. The first after none counts as a move: what was not there could not flow.</summary>
    public void RunBegan()
    {
        lock (_lock)
        {
            if (_runs == 0)
            {
                Move();
            }

            _runs++;
        }
    }

    /// <summary>A run was given back: what of it has not ended is nobody's here, and may be delivered by another process.</summary>
    public void RunEnded(IReadOnlyList<ReceivedEvent> run)
    {
        lock (_lock)
        {
            _runs--;
            for (int i = 0; _failing.Count > 0 && i < run.Count; i++)
            {
                _failing.Remove(run[i].Envelope.EventId);
            }
        }
    }

    /// <summary>An event could not be taken now and is tried again.</summary>
    /// <param name="pending">The event.</param>
    /// <param name="code">Why, as a bounded code.</param>
    /// <param name="wait">After how long; null when it waits at the gate.</param>
    public void Failed(PendingEvent pending, string code, TimeSpan? wait)
    {
        DateTimeOffset now = time.GetUtcNow();
        FailingEvent failing = new(now, code, pending.HttpStatus, pending.Attempts, now + wait);
        lock (_lock)
        {
            _failing[pending.Envelope.EventId] = failing;
            _lastFailure = failing;
        }
    }

    /// <summary>An event ended here.</summary>
    /// <param name="eventId">Its id.</param>
    /// <param name="moved">Whether it is over: delivered, skipped or a dead letter, and not given back to the queue.</param>
    public void Ended(string eventId, bool moved)
    {
        lock (_lock)
        {
            _failing.Remove(eventId);
            if (moved)
            {
                Move();
            }
        }
    }

    /// <summary>What was tried for an event that is in hand and failed; null when none is.</summary>
    public FailingEvent? Find(string eventId)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            return _failing.GetValueOrDefault(eventId) is { } failing ? failing with { NextTryAt = Later(failing.NextTryAt, now) } : null;
        }
    }

    /// <summary>How it is now.</summary>
    public ProgressNow Read()
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            return new ProgressNow(
                IsStuck,
                _movedUtc,
                _freedAt,
                _lastFailure is { } last && last.At >= _movedUtc ? last.Code : null,
                _failing.Count,
                _failing.Values.Min(failing => Later(failing.NextTryAt, now)));
        }
    }

    // One whose wait is over waits at the gate now.
    private static DateTimeOffset? Later(DateTimeOffset? at, DateTimeOffset now) => at > now ? at : null;

    private bool IsStuck => _runs > 0 && time.GetElapsedTime(_movedAt) >= DeliveryStatus.Patience;

    private void Move()
    {
        if (IsStuck)
        {
            _freedAt = time.GetUtcNow();
        }

        _movedAt = time.GetTimestamp();
        _movedUtc = time.GetUtcNow();
    }
}

/// <summary>Whether the events in hand of this process flow.</summary>
/// <param name="IsStuck">Whether something is in hand and nothing ended for <see cref="DeliveryStatus.Patience"/>.</param>
/// <param name="MovedAt">When something ended last, or came into empty hands.</param>
/// <param name="FreedAt">When events last flowed again after nothing had ended for that long; null when they always did.</param>
/// <param name="Failure">The code of the last failed call since then; null when none failed.</param>
/// <param name="Failing">Events in hand that failed and have not ended.</param>
/// <param name="NextTryAt">When the first of them is tried again; null when none has a time.</param>
internal readonly record struct ProgressNow(bool IsStuck, DateTimeOffset MovedAt, DateTimeOffset? FreedAt, string? Failure, int Failing, DateTimeOffset? NextTryAt);
