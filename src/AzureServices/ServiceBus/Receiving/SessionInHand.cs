using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus.Receiving;

/// <summary>An accepted session with its oldest event. Its lock is renewed until it is given back.</summary>
internal sealed class SessionInHand : IAsyncDisposable
{
    private readonly ServiceBusSessionReceiver _session;
    private readonly EventSettling _settling;
    private readonly LockRenewal _renewal;

    public SessionInHand(
        ServiceBusSessionReceiver session,
        ServiceBusReceivedMessage message,
        EventEnvelope envelope,
        BinaryData? state,
        EventSettling settling,
        TimeProvider time,
        ILogger logger)
    {
        _session = session;
        _settling = settling;
        _renewal = new LockRenewal(session, time, logger);
        Lost = _renewal.Lost;
        Message = new SessionMessage(session, message);
        HasState = SessionState.IsPresent(state);
        Received = new ReceivedEvent(envelope, message.SequenceNumber, SessionState.HistoryOf(state, envelope.MessageId));
    }

    /// <summary>The message that holds the event.</summary>
    public SessionMessage Message { get; }

    /// <summary>The event.</summary>
    public ReceivedEvent Received { get; }

    /// <summary>Whether the session has a state, of this event or an earlier one.</summary>
    public bool HasState { get; }

    /// <summary>Cancelled when the session's lock is lost.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Gives the session back.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _renewal.DisposeAsync();
        }
        finally
        {
            await _settling.TryAsync(_session.CloseAsync);
        }
    }
}
