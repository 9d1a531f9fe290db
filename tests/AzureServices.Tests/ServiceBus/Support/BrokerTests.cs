using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;

/// <summary>What tests against a broker share: a fresh one for each.</summary>
public abstract class BrokerTests : IAsyncLifetime
{
    private readonly ServiceBusQueueUnderTest _queue;

    private protected BrokerTests(ServiceBusQueueUnderTest queue) => _queue = queue;

    private protected ServiceBusQueueUnderTest Subject => _queue;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _queue.DisposeAsync();

    private protected async Task EnqueueAsync(params EventEnvelope[] envelopes) =>
        (await _queue.Queue.EnqueueAsync(envelopes, CancellationToken.None)).ShouldBe(EnqueueResult.Enqueued.All);
}
