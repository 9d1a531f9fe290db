using Amqp.Framing;
using ServiceBusDouble.Faults;

namespace ServiceBusDouble.Wire;

/// <summary>
/// The error conditions Service Bus answers with, and what the client makes of each (its <c>ServiceBusFailureReason</c>,
/// or the exception it throws instead).
/// </summary>
internal static class WireErrors
{
    /// <summary>MessagingEntityNotFound.</summary>
    public static Error EntityNotFound(string address) => Of("amqp:not-found", $"The messaging entity '{address}' could not be found.");

    /// <summary>MessageLockLost.</summary>
    public static Error MessageLockLost() =>
        Of("com.microsoft:message-lock-lost", "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.");

    /// <summary>SessionLockLost.</summary>
    public static Error SessionLockLost() => Of("com.microsoft:session-lock-lost", "The session lock has expired on the MessageSession. Accept a new MessageSession.");

    /// <summary>SessionCannotBeLocked.</summary>
    public static Error SessionCannotBeLocked(string? sessionId) =>
        Of("com.microsoft:session-cannot-be-locked", $"The requested session '{sessionId}' cannot be accepted. It may be locked by another receiver.");

    /// <summary>MessageNotFound.</summary>
    public static Error MessageNotFound() => Of("com.microsoft:message-not-found", "Failed to lock one or more specified messages. The message does not exist.");

    /// <summary>ServiceTimeout.</summary>
    public static Error Timeout() => Of("com.microsoft:timeout", "The operation did not complete within the allotted timeout.");

    /// <summary>ServiceBusy.</summary>
    public static Error ServerBusy() => Of("com.microsoft:server-busy", "The request was terminated because the entity is being throttled. Please wait and try again.");

    /// <summary><see cref="UnauthorizedAccessException"/>.</summary>
    public static Error Unauthorized() => Of("amqp:unauthorized-access", "The claims of the token do not suffice for this operation.");

    public static Error OfFault(OperationFault fault) => fault switch
    {
        OperationFault.ServerBusy => ServerBusy(),
        OperationFault.LockLost => SessionLockLost(),
        _ => Unauthorized(),
    };

    /// <summary>QuotaExceeded.</summary>
    public static Error QuotaExceeded() => Of("amqp:resource-limit-exceeded", "The maximum entity size has been reached or exceeded.");

    /// <summary>MessageSizeExceeded.</summary>
    public static Error MessageSizeExceeded(long size, long limit) =>
        Of("amqp:link:message-size-exceeded", FormattableString.Invariant($"The received message (size {size} bytes) exceeds the limit ({limit} bytes)."));

    /// <summary><see cref="InvalidOperationException"/>.</summary>
    public static Error NotAllowed(string what) => Of("amqp:not-allowed", what);

    /// <summary><see cref="NotSupportedException"/>.</summary>
    public static Error NotImplemented(string what) => Of("amqp:not-implemented", what);

    /// <summary>ServiceCommunicationProblem or GeneralError, by how far the client has got in closing its side; transient both.</summary>
    public static Error DetachForced() => Of("amqp:link:detach-forced", "The link was force detached by the broker.");

    private static Error Of(string condition, string description) => new(condition) { Description = description };
}
