using CustomerIoDestination.Ports;
using CustomerIoDestination.QueueContract;
using CustomerIoDestination.SqliteQueue.Tests.Support;

namespace CustomerIoDestination.SqliteQueue.Tests.Contract;

public sealed class SqliteEventQueueTests : EventQueueContract
{
    protected override Task<IQueueUnderTest> StartAsync() => Task.FromResult<IQueueUnderTest>(new SqliteQueueUnderTest());
}

public sealed class SqliteDeadLetterTests : DeadLetterContract
{
    protected override Task<IQueueUnderTest> StartAsync() => Task.FromResult<IQueueUnderTest>(new SqliteQueueUnderTest());
}

public sealed class SqliteDeliveryLogTests : DeliveryLogContract
{
    protected override Task<IQueueUnderTest> StartAsync() => Task.FromResult<IQueueUnderTest>(new SqliteQueueUnderTest());
}

public sealed class SqlitePassingTimeTests : PassingTimeContract
{
    protected override Task<IQueueInFakeTime> StartAsync() => Task.FromResult<IQueueInFakeTime>(new SqliteQueueUnderTest());
}

public sealed class SqliteReopeningTests : ReopeningContract
{
    protected override Task<IReopenableQueue> StartAsync() => Task.FromResult<IReopenableQueue>(new SqliteQueueUnderTest());
}

public sealed class SqliteLogRetentionTests : LogRetentionContract
{
    protected override Task<IQueueInFakeTime> StartAsync() => Task.FromResult<IQueueInFakeTime>(new SqliteQueueUnderTest());
}

public sealed class SqliteReopenedLogTests : ReopenedLogContract
{
    protected override Task<IReopenableQueue> StartAsync() => Task.FromResult<IReopenableQueue>(new SqliteQueueUnderTest());
}

public sealed class SqlitePersonStoreTests : PersonStoreContract
{
    protected override Task<(IPersonStore Store, Func<ValueTask> End)> StartAsync()
    {
        SqliteQueueUnderTest queue = new();
        return Task.FromResult<(IPersonStore, Func<ValueTask>)>((new SqlitePersonStore(queue.File), queue.DisposeAsync));
    }
}
