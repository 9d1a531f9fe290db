using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;

namespace CustomerIoDestination.AzureServices.ServiceBus.DeadLetters;

/// <summary>
/// Dead letters a pass has locked and does not want. They stay locked until it ends, or it would be given the same ones again, and are abandoned
/// then, because closing a receiver leaves the locks of a queue without sessions as they are. Abandoning counts as a delivery, which means nothing
/// in a dead-letter sub-queue: it has no maximum. Only lock tokens are kept, so 5,000 of them are small.
/// </summary>
internal sealed class HeldBack(ServiceBusReceiver receiver, EventSettling settling)
{
    private const int AtOnce = 200;

    private readonly List<Guid> _tokens = [];

    /// <summary>Keeps one until the end.</summary>
    public void Add(ServiceBusReceivedMessage message) => _tokens.Add(Guid.Parse(message.LockToken));

    /// <summary>Gives all back. One whose lock ended meanwhile is back already.</summary>
    public async Task GiveBackAsync()
    {
        foreach (Guid[] some in _tokens.Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(token => settling.TryAsync(
                cancellationToken => receiver.AbandonMessageAsync(ServiceBusModelFactory.ServiceBusReceivedMessage(lockTokenGuid: token), null, cancellationToken))));
        }
    }
}
