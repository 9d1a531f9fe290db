using CustomerIoDestination.AzureServices.Control;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary>Looks at the queue each minute, because Service Bus itself tells nobody how old its oldest message is.</summary>
public sealed class WatchQueue(QueueWatch watch)
{
    /// <summary>Looks once.</summary>
    [Function(nameof(WatchQueue))]
    public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => watch.RunAsync(cancellationToken);
}
