using CustomerIoDestination.SqliteQueue.Writing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.SqliteQueue.Tests.Writing;

public sealed class StorageHealthTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Another_try_is_due_each_second_however_often_it_fails_meanwhile()
    {
        int calls = 0;
        await using var health = new StorageHealth(() => calls++, _time, NullLogger.Instance);

        for (int tenth = 0; tenth < 30; tenth++)
        {
            health.Failed(new InvalidOperationException());
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        calls.ShouldBe(3);
    }

    [Fact]
    public async Task A_try_is_due_once_and_not_after_it_works_again()
    {
        await using var health = new StorageHealth(() => { }, _time, NullLogger.Instance);

        health.Failed(new InvalidOperationException());
        bool atOnce = health.TakeRetry();
        _time.Advance(TimeSpan.FromSeconds(1));
        bool due = health.TakeRetry();
        bool again = health.TakeRetry();
        health.RetryLater();
        _time.Advance(TimeSpan.FromSeconds(1));
        health.Worked();

        (atOnce, due, again, health.TakeRetry()).ShouldBe((false, true, false, false));
    }

    [Fact]
    public async Task Trouble_with_the_storage_is_logged_once_when_it_begins_and_once_when_it_ends()
    {
        var log = new FakeLogger();
        await using var health = new StorageHealth(() => { }, _time, log);

        health.Failed(new InvalidOperationException());
        health.Failed(new InvalidOperationException());
        health.Worked();
        health.Worked();

        log.Collector.GetSnapshot().Count.ShouldBe(2);
    }
}
