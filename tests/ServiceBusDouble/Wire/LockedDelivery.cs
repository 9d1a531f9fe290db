using Amqp;

namespace ServiceBusDouble.Wire;

/// <summary>A message on its way to a receiver under a lock: the lock's token travels as the delivery's tag, and comes back with the settlement.</summary>
internal sealed class LockedDelivery(Guid lockToken) : Message
{
    public Guid LockToken { get; } = lockToken;
}
