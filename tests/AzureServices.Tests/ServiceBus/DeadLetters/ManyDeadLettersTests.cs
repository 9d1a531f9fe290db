using System.Globalization;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.DeadLetters;

/// <summary>So many that nothing may be kept of each.</summary>
public sealed class ManyDeadLettersTests : BrokerTests
{
    private const int Count = 30_000;
    private const int Megabyte = 1024 * 1024;

    private readonly FakeTimeProvider _time;

    public ManyDeadLettersTests()
        : this(new FakeTimeProvider(Some.Time))
    {
    }

    private ManyDeadLettersTests(FakeTimeProvider time)
        : base(new ServiceBusQueueUnderTest(time: time)) => _time = time;

    [Fact]
    public async Task Looking_through_all_and_a_pass_over_the_oldest_keep_no_more_than_a_page()
    {
        await EnqueueAsync([.. Enumerable.Range(0, Count).Select(number => Some.Envelope(number))]);
        _time.Advance(TimeSpan.FromDays(15));
        await Eventually.BecomesTrueAsync(() => Subject.Double.DeadLetterCount == Count);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        int calls = 1;
        DeadLetterPage page = await LookAsync(after: null);
        for (; page.Next is { } next; calls++)
        {
            page.Items.ShouldBeEmpty();
            page = await LookAsync(next);
        }

        DeadLetterPass pass = await Subject.Store.DiscardAsync(new DeadLetterSelection.OfReason(DeadLetterReason.NoEmail), run: null, CancellationToken.None);

        calls.ShouldBe(Count / 1_000);
        (pass.Done, pass.Scanned).ShouldBe((0, 5_000));
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(20 * Megabyte);
        Subject.Double.DeadLetterCount.ShouldBe(Count);
    }

    [Fact]
    public async Task Looking_for_many_ids_stays_inside_the_time_a_pass_may_take()
    {
        await EnqueueAsync([.. Enumerable.Range(0, 100).Select(number => Some.Envelope(number))]);
        _time.Advance(TimeSpan.FromDays(15));
        await Eventually.BecomesTrueAsync(() => Subject.Double.DeadLetterCount == 100);
        string[] ids = [.. Enumerable.Range(1, 1_000).Select(id => id.ToString(CultureInfo.InvariantCulture))];
        using ServiceBusDeadLetterStore store = new(
            Subject.Connection,
            Subject.ServiceBusQueue,
            new EventSettling(Subject.ServiceBusQueue, Subject.Log, NullLogger<EventSettling>.Instance),
            Subject.Log,
            new DeadLetterSettings(),
            new SteadyClock(_time),
            new SlowTime(_time));
        int before = Subject.Double.Looks;

        DeadLetterPass pass = await store.DiscardAsync(new DeadLetterSelection.Ids(ids), run: null, CancellationToken.None);

        (pass.Done, pass.More).ShouldBe((100, true));
        (Subject.Double.Looks - before).ShouldBeLessThan(900, "it is not looked for all of them");
    }

    /// <summary>Between two looks at it a second passes.</summary>
    private sealed class SlowTime(TimeProvider time) : TimeProvider
    {
        private long _looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Increment(ref _looks);

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();
    }

    private Task<DeadLetterPage> LookAsync(string? after) =>
        Subject.Store.ListAsync(new DeadLetterQuery(DeadLetterReason.NoEmail, 10, after), CancellationToken.None);
}
