using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.People;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Ports;
using CustomerIoDestination.QueueContract;
using CustomerIoDestination.Suites;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Contract;

public sealed class ServiceBusEventQueueContractTests : EventQueueContract
{
    protected override Task<IQueueUnderTest> StartAsync() => Task.FromResult<IQueueUnderTest>(new ServiceBusQueueUnderTest());
}

public sealed class ServiceBusDeadLetterContractTests : DeadLetterContract
{
    protected override Task<IQueueUnderTest> StartAsync() => Task.FromResult<IQueueUnderTest>(new ServiceBusQueueUnderTest());
}

public sealed class ServiceBusPassingTimeContractTests : PassingTimeContract
{
    protected override Task<IQueueInFakeTime> StartAsync() => Task.FromResult<IQueueInFakeTime>(new ServiceBusQueueUnderTest(time: new FakeTimeProvider(Some.Now)));
}

public sealed class ServiceBusReopeningContractTests : ReopeningContract
{
    protected override Task<IReopenableQueue> StartAsync() => Task.FromResult<IReopenableQueue>(new ServiceBusQueueUnderTest(time: new FakeTimeProvider(Some.Now)));
}

[NeedsPrograms("node", "npm")]
public sealed class TableDeliveryLogContractTests : DeliveryLogContract
{
    protected override async Task<IQueueUnderTest> StartAsync() => new ServiceBusQueueUnderTest(tables: await TableLog.StartAsync(TimeProvider.System));
}

[NeedsPrograms("node", "npm")]
public sealed class TableLogRetentionContractTests : LogRetentionContract
{
    protected override async Task<IQueueInFakeTime> StartAsync()
    {
        FakeTimeProvider time = new(Some.Now);
        return new ServiceBusQueueUnderTest(time: time, tables: await TableLog.StartAsync(time));
    }
}

[NeedsPrograms("node", "npm")]
public sealed class ReopenedTableLogContractTests : ReopenedLogContract
{
    protected override async Task<IReopenableQueue> StartAsync() => new ServiceBusQueueUnderTest(tables: await TableLog.StartAsync(TimeProvider.System));
}

[NeedsPrograms("node", "npm")]
public sealed class TablePersonStoreContractTests : PersonStoreContract
{
    protected override async Task<(IPersonStore Store, Func<ValueTask> End)> StartAsync()
    {
        TableServiceClient service = new(await Azurite.NewAccountAsync());
        return (new TablePersonStore(service, new TableAccess(TimeProvider.System), TimeSpan.FromMilliseconds(1), TimeProvider.System), static () => default);
    }
}
