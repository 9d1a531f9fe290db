using Azure.Identity;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.ServiceBus.Sending;

/// <summary>Why messages were not taken.</summary>
/// <param name="Code">The code of <see cref="EnqueueResult.Unavailable"/>.</param>
/// <param name="IsTransient">Whether trying again within seconds may help.</param>
/// <param name="RetryAfter">When a sender should try again.</param>
internal sealed record SendFailure(string Code, bool IsTransient, TimeSpan RetryAfter)
{
    /// <summary>The namespace is throttled.</summary>
    public static SendFailure Busy { get; } = new("queue_busy", true, TimeSpan.FromSeconds(10));

    /// <summary>No answer, or no connection.</summary>
    public static SendFailure Unreachable { get; } = new("queue_unreachable", true, TimeSpan.FromSeconds(10));

    /// <summary>The queue has reached its size; only deliveries, or somebody who clears it, make room.</summary>
    public static SendFailure Full { get; } = new("queue_full", false, TimeSpan.FromMinutes(1));

    /// <summary>The queue is not there, is disabled, or does not let us: a person must act.</summary>
    public static SendFailure Refused { get; } = new("queue_refused", false, TimeSpan.FromMinutes(1));

    /// <summary>What an exception of a send means; null for one that tells of a bug and not of the queue. A message that is too large is no failure of the queue.</summary>
    public static SendFailure? Of(Exception exception) => exception switch
    {
        ServiceBusException { Reason: ServiceBusFailureReason.MessageSizeExceeded } => null,
        ServiceBusException { Reason: ServiceBusFailureReason.ServiceBusy } => Busy,
        ServiceBusException { Reason: ServiceBusFailureReason.QuotaExceeded } => Full,
        ServiceBusException { Reason: ServiceBusFailureReason.ServiceTimeout or ServiceBusFailureReason.ServiceCommunicationProblem } => Unreachable,
        ServiceBusException { IsTransient: true } => Unreachable,
        ServiceBusException => Refused,
        OperationCanceledException => Unreachable,
        UnauthorizedAccessException or AuthenticationFailedException => Refused,

        // What the client makes of amqp:not-allowed, for instance when the queue was created without sessions.
        InvalidOperationException and not ObjectDisposedException => Refused,
        _ => null,
    };
}
