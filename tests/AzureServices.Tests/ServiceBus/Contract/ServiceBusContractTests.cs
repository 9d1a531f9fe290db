using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.QueueContract;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Contract;

public sealed class ServiceBusEventQueueContractTests : EventQueueContract
{
    protected override Task<IQueueUnderTest> StartAsync() => Task.FromResult<IQueueUnderTest>(new ServiceBusQueueUnderTest());
}

public sealed class ServiceBusDeadLetterContractTests : DeadLetterContract
{
    protected override Task<IQueueUnderTest> StartAsync() => Task.FromResult<IQueueUnderTest>(new ServiceBusQueueUnderTest());
}
