using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.ServiceBus.Handling;

/// <summary>
/// What can be done with one message in hand and with the session it came in. The Functions app adapts the trigger's
/// <c>ServiceBusMessageActions</c> and <c>ServiceBusSessionMessageActions</c> to it, this library outside Functions what its session processor hands out.
/// Every member may throw what its client throws, for instance when the lock is lost.
/// </summary>
public interface IMessageSettlement
{
    /// <summary>Until when the session was locked as far as is known here, by the broker's clock.</summary>
    DateTimeOffset SessionLockedUntil { get; }

    /// <summary>Asks for more time on the session's lock; <see cref="SessionLockedUntil"/> tells what was granted.</summary>
    Task RenewSessionLockAsync(CancellationToken cancellationToken);

    /// <summary>The message is finished and removed.</summary>
    Task CompleteAsync(CancellationToken cancellationToken);

    /// <summary>The message goes to the dead-letter sub-queue.</summary>
    /// <param name="reason">A code of the closed set, far below Service Bus's 4096 characters.</param>
    /// <param name="description">At most as many characters; <see cref="Settlement.DeadLetter"/> cuts it.</param>
    /// <param name="properties">Application properties to set on it; AMQP primitives only, none of them null.</param>
    /// <param name="cancellationToken">Gives up waiting for the broker.</param>
    Task DeadLetterAsync(string reason, string description, IReadOnlyDictionary<string, object> properties, CancellationToken cancellationToken);

    /// <summary>
    /// Gives the session up once the message's handling ends. A message that is not settled then comes again before any later one,
    /// which does not count as a delivery.
    /// </summary>
    Task ReleaseSessionAsync(CancellationToken cancellationToken);

    /// <summary>The session's state; null or empty when there is none.</summary>
    Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken);

    /// <summary>Sets the session's state.</summary>
    /// <param name="state">The state; empty for none.</param>
    /// <param name="cancellationToken">Gives up waiting for the broker.</param>
    Task SetSessionStateAsync(BinaryData state, CancellationToken cancellationToken);
}
