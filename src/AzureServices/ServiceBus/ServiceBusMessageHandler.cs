using System.Collections.Concurrent;
using System.Diagnostics;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus;

/// <summary>
/// Handles one message of a session: envelope in, settlement out. Failures never leave it as exceptions, because a trigger that fails abandons its
/// message at once and burns its delivery count: a message that can't be settled is left to come again, and its session is given up so that no later
/// one overtakes it. Thread-safe; one message a session at a time.
/// What breaks while an event is sent is a failed call by the delivery's own rules, which end in the dead letters. What breaks around that says nothing
/// of the event and is not held against it: after a pause, longer each time, its session is given up, and the queue's time to live is its end.
/// While delivery is switched off every message is given back like that, whatever the platform's own switch says.
/// </summary>
public sealed partial class ServiceBusMessageHandler
{
    private readonly Func<ReceivedEvent, Func<FailureHistory, Task>, CancellationToken, Task<DeliveryAttempt>> _deliver;
    private readonly EventSettling _settling;
    private readonly EventsInHand _inHand;
    private readonly SessionHolds _holds;
    private readonly SessionPauses _pauses;
    private readonly ConcurrentDictionary<string, Unsettled> _unsettled = new(StringComparer.Ordinal);
    private readonly bool _isEnabled;
    private readonly DestinationMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<ServiceBusMessageHandler> _logger;

    internal ServiceBusMessageHandler(
        Func<ReceivedEvent, Func<FailureHistory, Task>, CancellationToken, Task<DeliveryAttempt>> deliver,
        EventSettling settling,
        EventsInHand inHand,
        DeliverySettings settings,
        DestinationMetrics metrics,
        TimeProvider time,
        Random random,
        ILogger<ServiceBusMessageHandler> logger)
    {
        _deliver = deliver;
        _settling = settling;
        _inHand = inHand;
        _holds = new SessionHolds(time);
        _pauses = new SessionPauses(time, random.NextDouble);
        _isEnabled = settings.Enabled;
        _metrics = metrics;
        _time = time;
        _logger = logger;
    }

    /// <summary>Delivers the message's event and settles the message.</summary>
    /// <param name="message">The message, locked by its session.</param>
    /// <param name="settlement">What to settle it with.</param>
    /// <param name="cancellationToken">Cancelled at shutdown: a request on the wire is finished and settled, anything else is given back.</param>
    public async Task HandleAsync(ServiceBusReceivedMessage message, IMessageSettlement settlement, CancellationToken cancellationToken)
    {
        string session = message.SessionId ?? "";
        if (_isEnabled && await EndsAsync(message, session, settlement, cancellationToken))
        {
            _pauses.Passed(session);
            return;
        }

        await _pauses.WaitAsync(session, cancellationToken);
        await ReleaseAsync(session, settlement);
    }

    /// <summary>Whether the message came to an end of this handling: settled, or given back because the delivery said so. If not, its session is still held.</summary>
    private Task<bool> EndsAsync(ServiceBusReceivedMessage message, string session, IMessageSettlement settlement, CancellationToken cancellationToken) =>
        EnvelopeMessage.Read(message) switch
        {
            EnvelopeReading.Readable(var envelope) => DeliverAndSettleAsync(envelope, message.SequenceNumber, session, settlement, cancellationToken),
            EnvelopeReading.Unreadable(var problem) => DeadLetterAsync(problem, settlement),
            _ => throw new UnreachableException(),
        };

    private async Task<bool> DeliverAndSettleAsync(
        EventEnvelope envelope, long sequenceNumber, string session, IMessageSettlement settlement, CancellationToken cancellationToken)
    {
        _inHand.Add(envelope.Lane, 1);
        _holds.Began(session);
        try
        {
            if (await ReadStateAsync(settlement, cancellationToken) is not { } state)
            {
                return false;
            }

            ReceivedEvent received = new(envelope, sequenceNumber, SessionState.HistoryOf(state, envelope.MessageId));
            bool hasState = SessionState.IsPresent(state);
            Task KeepAsync(FailureHistory history)
            {
                hasState = true;
                return _settling.TryAsync(token => settlement.SetSessionStateAsync(SessionState.Of(envelope.MessageId, history), token));
            }

            // What was delivered and could not be settled is settled when it comes again, and not sent again.
            (DeliveryAttempt? attempt, bool isLost) = _unsettled.TryRemove(session, out Unsettled? before) && before.MessageId == envelope.MessageId
                ? (before.Attempt, false)
                : await DeliverAsync(received, KeepAsync, settlement, cancellationToken);
            switch (attempt)
            {
                case null:
                    return false;
                case { Settlement: Settlement.Release } when isLost:
                    // With the lock the broker took the event back already.
                    await ReleaseAsync(session, settlement);
                    return true;
                default:
                    return await SettleAsync(received, hasState, attempt, session, settlement);
            }
        }
        finally
        {
            _inHand.Add(envelope.Lane, -1);
        }
    }

    /// <summary>The session's state, empty for none; null when it can't be read, so that the message must not be delivered.</summary>
    private async Task<BinaryData?> ReadStateAsync(IMessageSettlement settlement, CancellationToken cancellationToken)
    {
        try
        {
            return await settlement.GetSessionStateAsync(cancellationToken) ?? SessionState.None;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
#pragma warning disable CA1031 // Settlements fail with whatever their client throws (AMQP here, gRPC under Functions); the message comes again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed("state", settlement);
            Log.StateUnknown(_logger, settlement.SessionLockedUntil, exception.GetType().Name);
            return null;
        }
    }

    /// <summary>
    /// What the delivery came to, null when it broke off; and whether the session was lost meanwhile, which ends the delivery's waits: somebody else may
    /// have the event by then.
    /// </summary>
    private async Task<(DeliveryAttempt? Attempt, bool IsLost)> DeliverAsync(
        ReceivedEvent received, Func<FailureHistory, Task> keep, IMessageSettlement settlement, CancellationToken cancellationToken)
    {
        using LockRenewal renewal = new(settlement, _time, _logger);
        using CancellationTokenSource given = CancellationTokenSource.CreateLinkedTokenSource(renewal.Lost, cancellationToken);
        try
        {
            DeliveryAttempt attempt = await _deliver(received, keep, given.Token);
            return (attempt, renewal.Lost.IsCancellationRequested);
        }
#pragma warning disable CA1031 // Whatever it is, the trigger must not see it; its message may quote the event, so only its type is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _metrics.DeliveryFailed("delivery");
            Log.DeliveryBroke(_logger, received.Envelope.EventId, exception.GetType().Name);
            return (null, renewal.Lost.IsCancellationRequested);
        }
    }

    private async Task<bool> SettleAsync(ReceivedEvent received, bool hasState, DeliveryAttempt attempt, string session, IMessageSettlement settlement)
    {
        try
        {
            await _settling.SettleAsync(settlement, received, hasState, attempt);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed("settlement", settlement);
            Log.SettlementFailed(_logger, attempt.EventId, settlement.SessionLockedUntil, exception.GetType().Name);
            if (attempt.Settlement is not Settlement.Release)
            {
                _unsettled[session] = new Unsettled(received.Envelope.MessageId, attempt);
            }

            return false;
        }

        if (attempt.Settlement is Settlement.Release)
        {
            _holds.Released(session);
        }
        else if (_holds.Ended(session))
        {
            await ReleaseAsync(session, settlement);
        }

        return true;
    }

    private async Task<bool> DeadLetterAsync(string problem, IMessageSettlement settlement)
    {
        try
        {
            await settlement.DeadLetterAsync(new Settlement.DeadLetter(DeadLetterReason.Unreadable, problem), FailureHistory.None, _time.GetUtcNow());
            Log.Unreadable(_logger, problem);
            return true;
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed("settlement", settlement);
            Log.SettlementFailed(_logger, eventId: null, settlement.SessionLockedUntil, exception.GetType().Name);
            return false;
        }
    }

    private async Task ReleaseAsync(string session, IMessageSettlement settlement)
    {
        _holds.Released(session);
        await _settling.TryAsync(settlement.ReleaseSessionAsync);
    }

    // A session that is lost is nobody's failure: an instance was replaced, or the broker moved it.
    private void Failed(string step, IMessageSettlement settlement)
    {
        if (settlement.SessionLockedUntil > _time.GetUtcNow())
        {
            _metrics.DeliveryFailed(step);
        }
    }

    /// <summary>What the first message of a session came to, though the broker could not be told; one a session, for as long as it does not come again.</summary>
    private sealed record Unsettled(string MessageId, DeliveryAttempt Attempt);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The message of event {EventId} was not settled and comes again; its session was locked until {LockedUntil:yyyy-MM-ddTHH:mm:ssZ} ({ExceptionType}).")]
        public static partial void SettlementFailed(ILogger logger, string? eventId, DateTimeOffset lockedUntil, string exceptionType);

        [LoggerMessage(LogLevel.Error, "The delivery of event {EventId} broke off ({ExceptionType}); it comes again.")]
        public static partial void DeliveryBroke(ILogger logger, string eventId, string exceptionType);

        [LoggerMessage(LogLevel.Warning, "A session's state could not be read; its message comes again; it was locked until {LockedUntil:yyyy-MM-ddTHH:mm:ssZ} ({ExceptionType}).")]
        public static partial void StateUnknown(ILogger logger, DateTimeOffset lockedUntil, string exceptionType);

        [LoggerMessage(LogLevel.Warning, "A message was dead-lettered as unreadable. {Problem}")]
        public static partial void Unreadable(ILogger logger, string problem);
    }
}
