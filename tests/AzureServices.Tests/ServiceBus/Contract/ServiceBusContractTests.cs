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
        return (new TablePersonStore(service, new TableAccess(TimeProvider.System), TimeProvider.System, TimeSpan.FromMilliseconds(1)), static () => default);
    }

    [AzuriteFact]
    public async Task A_purge_that_comes_to_its_bound_goes_on_where_it_stopped()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        TablePersonStore store = new(new TableServiceClient(await Azurite.NewAccountAsync()), new TableAccess(TimeProvider.System), new LeapingTime(), TimeSpan.FromMilliseconds(1));
        PersonRow[] old = [.. new[] { "00", "01", "7f", "ff" }.Select(slice => new PersonRow(PersonKey.Parse(slice + new string('0', 30))!.Value, PersonRowKind.Person, new byte[2], now.AddDays(-1)))];
        await store.PutAsync(old, CancellationToken.None);

        List<int> removed = [];
        for (int turn = 0; turn < 256 + old.Length; turn++)
        {
            removed.Add(await store.PurgeAsync(now, [], CancellationToken.None));
        }

        (removed[0], removed.Max(), removed.Sum()).ShouldBe((1, 1, old.Length), "each turn ends at its bound, in one slice");
        (await store.ReadAsync([.. old.Select(row => row.Key)], CancellationToken.None)).ShouldBeEmpty();
    }

    /// <summary>A minute goes by between two looks at it.</summary>
    private sealed class LeapingTime : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, 60 * TimestampFrequency);
    }
}
