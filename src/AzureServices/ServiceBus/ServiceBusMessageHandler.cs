using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus;

/// <summary>
/// Handles one message of a session trigger: envelope in, settlement out. Failures never leave it as exceptions, because a trigger that
/// fails abandons its message at once and burns its delivery count: a message that can't be settled is left to come again, and its session
/// is given up so that no later one overtakes it. Thread-safe; one message a session at a time.
/// What breaks while an event is sent is a failed call by the delivery's own rules, which end in the dead letters. What breaks around that says nothing
/// of the event and is not held against it: after a pause its session is given up, as a worker outside Functions does too, and the queue's time to live
/// is its end.
/// </summary>
public sealed partial class ServiceBusMessageHandler
{
    // Trouble that lasts must not turn into a loop as fast as the broker.
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    private readonly Func<ReceivedEvent, Func<FailureHistory, Task>, CancellationToken, Task<DeliveryAttempt>> _deliver;
    private readonly EventSettling _settling;
    private readonly EventsInHand _inHand;
    private readonly SessionHolds _holds;
    private readonly TimeProvider _time;
    private readonly ILogger<ServiceBusMessageHandler> _logger;

    internal ServiceBusMessageHandler(
        Func<ReceivedEvent, Func<FailureHistory, Task>, CancellationToken, Task<DeliveryAttempt>> deliver,
        EventSettling settling,
        EventsInHand inHand,
        TimeProvider time,
        ILogger<ServiceBusMessageHandler> logger)
    {
        _deliver = deliver;
        _settling = settling;
        _inHand = inHand;
        _holds = new SessionHolds(time);
        _time = time;
        _logger = logger;
    }

    /// <summary>Delivers the message's event and settles the message.</summary>
    /// <param name="message">The message, locked by its session.</param>
    /// <param name="settlement">What to settle it with.</param>
    /// <param name="cancellationToken">Cancelled at shutdown: a request on the wire is finished and settled, anything else is given back.</param>
    public async Task HandleAsync(ServiceBusReceivedMessage message, IMessageSettlement settlement, CancellationToken cancellationToken)
    {
        switch (EnvelopeMessage.Read(message))
        {
            case EnvelopeReading.Readable(var envelope):
                await HandleAsync(envelope, message.SequenceNumber, settlement, cancellationToken);
                break;
            case EnvelopeReading.Unreadable(var problem):
                await DeadLetterAsync(problem, settlement);
                break;
        }
    }

    private async Task HandleAsync(EventEnvelope envelope, long sequenceNumber, IMessageSettlement settlement, CancellationToken cancellationToken)
    {
        _inHand.Add(envelope.Lane, 1);
        _holds.Began(envelope.Partition);
        try
        {
            BinaryData? state = await ReadStateAsync(settlement, cancellationToken);
            if (state is null)
            {
                await ReleaseAsync(envelope.Partition, settlement);
                return;
            }

            ReceivedEvent received = new(envelope, sequenceNumber, SessionState.HistoryOf(state, envelope.MessageId));
            bool hasState = SessionState.IsPresent(state);
            Task KeepAsync(FailureHistory history)
            {
                hasState = true;
                return _settling.TryAsync(token => settlement.SetSessionStateAsync(SessionState.Of(envelope.MessageId, history), token));
            }

            if (await DeliverAsync(received, KeepAsync, cancellationToken) is { } attempt)
            {
                await SettleAsync(received, hasState, attempt, settlement);
            }
            else
            {
                await ReleaseAsync(envelope.Partition, settlement);
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
            Log.StateUnknown(_logger, settlement.SessionLockedUntil, exception.GetType().Name);
            return null;
        }
    }

    /// <summary>What the delivery came to; null when it broke off.</summary>
    private async Task<DeliveryAttempt?> DeliverAsync(ReceivedEvent received, Func<FailureHistory, Task> keep, CancellationToken cancellationToken)
    {
        try
        {
            return await _deliver(received, keep, cancellationToken);
        }
#pragma warning disable CA1031 // Whatever it is, the trigger must not see it; its message may quote the event, so only its type is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.DeliveryBroke(_logger, received.Envelope.EventId, exception.GetType().Name);
            await Task.Delay(AfterFailure, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return null;
        }
    }

    private async Task SettleAsync(ReceivedEvent received, bool hasState, DeliveryAttempt attempt, IMessageSettlement settlement)
    {
        Partition partition = received.Envelope.Partition;
        try
        {
            await _settling.SettleAsync(settlement, received, hasState, attempt);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.SettlementFailed(_logger, attempt.EventId, settlement.SessionLockedUntil, exception.GetType().Name);
            await ReleaseAsync(partition, settlement);
            return;
        }

        if (attempt.Settlement is Settlement.Release)
        {
            _holds.Released(partition);
            return;
        }

        if (_holds.Ended(partition))
        {
            await ReleaseAsync(partition, settlement);
        }
    }

    private async Task DeadLetterAsync(string problem, IMessageSettlement settlement)
    {
        try
        {
            await settlement.DeadLetterAsync(new Settlement.DeadLetter(DeadLetterReason.Unreadable, problem), attempts: 0, _time.GetUtcNow());
            Log.Unreadable(_logger, problem);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.SettlementFailed(_logger, eventId: null, settlement.SessionLockedUntil, exception.GetType().Name);
            await _settling.TryAsync(settlement.ReleaseSessionAsync);
        }
    }

    private async Task ReleaseAsync(Partition partition, IMessageSettlement settlement)
    {
        _holds.Released(partition);
        await _settling.TryAsync(settlement.ReleaseSessionAsync);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The message of event {EventId} was not settled and comes again; its session was locked until {LockedUntil} ({ExceptionType}).")]
        public static partial void SettlementFailed(ILogger logger, string? eventId, DateTimeOffset lockedUntil, string exceptionType);

        [LoggerMessage(LogLevel.Error, "The delivery of event {EventId} broke off ({ExceptionType}); it comes again.")]
        public static partial void DeliveryBroke(ILogger logger, string eventId, string exceptionType);

        [LoggerMessage(LogLevel.Warning, "A session's state could not be read; its message comes again; it was locked until {LockedUntil} ({ExceptionType}).")]
        public static partial void StateUnknown(ILogger logger, DateTimeOffset lockedUntil, string exceptionType);

        [LoggerMessage(LogLevel.Warning, "A message was dead-lettered as unreadable. {Problem}")]
        public static partial void Unreadable(ILogger logger, string problem);
    }
}
