using System.Runtime.CompilerServices;
using Azure.Messaging.ServiceBus;

namespace CustomerIoDestination.AzureServices.ServiceBus.Counting;

/// <summary>Looks at messages without locking them.</summary>
internal static class Peeking
{
    // A page travels whole, so it bounds memory: 100 of the largest events are 24 MB. The broker allows 250.
    private const int PageSize = 100;

    /// <summary>Messages oldest first, a page at a time as they are asked for.</summary>
    /// <param name="browser">A receiver of the queue or sub-queue.</param>
    /// <param name="from">The first sequence number.</param>
    /// <param name="max">The most messages.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<ServiceBusReceivedMessage> PeekAsync(
        this ServiceBusReceiver browser, long from, int max, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (max > 0)
        {
            IReadOnlyList<ServiceBusReceivedMessage> page = await browser.PeekMessagesAsync(Math.Min(max, PageSize), from, cancellationToken);
            if (page.Count == 0)
            {
                yield break;
            }

            foreach (ServiceBusReceivedMessage message in page)
            {
                yield return message;
            }

            max -= page.Count;
            from = page[^1].SequenceNumber + 1;
        }
    }
}
