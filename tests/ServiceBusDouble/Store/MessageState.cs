namespace ServiceBusDouble.Store;

/// <summary>Where a message stands; the numbers are those of the annotation <c>x-opt-message-state</c>.</summary>
internal enum MessageState
{
    Active = 0,
    Deferred = 1,
    Scheduled = 2,
}
