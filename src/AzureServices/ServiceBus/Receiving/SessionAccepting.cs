using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.Model;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus.Receiving;

/// <summary>Accepts whatever session the broker gives next, and reads its oldest event.</summary>
internal sealed partial class SessionAccepting(QueueConnection connection, EventSettling settling, TimeProvider time, ILogger<SessionAccepting> logger)
{
    // A session is given out because it has messages; another holder may have taken them just before.
    private static readonly TimeSpan MessageWait = TimeSpan.FromSeconds(2);

    /// <summary>The next session; null when there was none for a while, or it held no event.</summary>
    public async Task<SessionInHand?> AcceptAsync(CancellationToken cancellationToken)
    {
        ServiceBusSessionReceiver session;
        try
        {
            session = await connection.Client.AcceptNextSessionAsync(connection.QueueName, new ServiceBusSessionReceiverOptions(), cancellationToken);
        }
        catch (ServiceBusException nothing) when (nothing.Reason == ServiceBusFailureReason.ServiceTimeout)
        {
            return null;
        }

        SessionInHand? inHand = null;
        try
        {
            inHand = await ReadAsync(session, cancellationToken);
        }
        finally
        {
            if (inHand is null)
            {
                await settling.TryAsync(session.CloseAsync);
            }
        }

        return inHand;
    }

    private async Task<SessionInHand?> ReadAsync(ServiceBusSessionReceiver session, CancellationToken cancellationToken)
    {
        if (await session.ReceiveMessageAsync(MessageWait, cancellationToken) is not { } message)
        {
            return null;
        }

        switch (EnvelopeMessage.Read(message))
        {
            case EnvelopeReading.Readable(var envelope):
                BinaryData? state = await session.GetSessionStateAsync(cancellationToken);
                return new SessionInHand(session, message, envelope, state, settling, time, logger);
            case EnvelopeReading.Unreadable(var problem):
                await new SessionMessage(session, message).DeadLetterAsync(new Settlement.DeadLetter(DeadLetterReason.Unreadable, problem), attempts: 0, time.GetUtcNow());
                Log.Unreadable(logger, problem);
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A message was dead-lettered as unreadable. {Problem}")]
        public static partial void Unreadable(ILogger logger, string problem);
    }
}
