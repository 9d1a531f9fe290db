using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.DeadLetters;

public sealed class DeadLetterRetentionTests : BrokerTests
{
    private readonly FakeTimeProvider _time;

    public DeadLetterRetentionTests()
        : this(new FakeTimeProvider(Some.Now))
    {
    }

    private DeadLetterRetentionTests(FakeTimeProvider time)
        : base(new ServiceBusQueueUnderTest(time: time)) => _time = time;

    [Fact]
    public async Task Retention_goes_on_until_every_dead_letter_that_is_too_old_is_gone()
    {
        await DeadLettersAsync(DeadLetterPass.MaxMessages + 1);
        _time.Advance(TimeSpan.FromDays(31));

        await RunAsync();

        Subject.Double.DeadLetterCount.ShouldBe(0);
        Log.LatestRecord.Message.ShouldContain("5001");
    }

    [Fact]
    public async Task Retention_leaves_young_dead_letters_and_logs_nothing()
    {
        await DeadLettersAsync(3);
        _time.Advance(TimeSpan.FromDays(20));

        await RunAsync();

        Subject.Double.DeadLetterCount.ShouldBe(3);
        Log.Collector.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Retention_does_not_wait_for_a_dead_letter_that_somebody_else_holds()
    {
        await DeadLettersAsync(1);
        _time.Advance(TimeSpan.FromDays(31));
        await using ServiceBusReceiver other = Subject.Client.CreateReceiver(
            ServiceBusQueueUnderTest.QueueName, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        (await other.ReceiveMessageAsync()).ShouldNotBeNull();

        await RunAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Subject.Double.DeadLetterCount.ShouldBe(1);
    }

    [Fact]
    public async Task While_the_clock_is_far_from_what_was_known_nothing_is_purged_and_log_and_status_say_so()
    {
        await DeadLettersAsync(3);
        Subject.Process.SteadyClock.GoOnFrom(new ClockMemory(_time.GetUtcNow() - TimeSpan.FromDays(40), TimeSpan.FromHours(6)));
        _time.Advance(TimeSpan.FromDays(0.5));

        await RunAsync();
        await RunAsync();
        RetentionPause? paused = (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.RetentionPaused;

        Subject.Double.DeadLetterCount.ShouldBe(3);
        Log.Collector.GetSnapshot().ShouldHaveSingleItem().Message.ShouldContain("40.0 days");
        Log.LatestRecord.Message.ShouldContain("6.0 h");
        paused.ShouldBe(new RetentionPause(TimeSpan.FromHours(6), DeadLettersDue: 0));
    }

    [Fact]
    public async Task A_start_ahead_counts_what_would_go_and_lets_it_go_once_the_clock_has_proven_itself()
    {
        await DeadLettersAsync(3);
        DateTimeOffset known = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromDays(31));
        Subject.Process.SteadyClock.GoOnFrom(new ClockMemory(known, TimeSpan.Zero));
        await Subject.Process.Retention.RunOnceAsync(CancellationToken.None);
        int doubted = Subject.Double.DeadLetterCount;
        string told = Log.LatestRecord.Message;

        _time.Advance(TimeSpan.FromHours(25));
        await Subject.Process.Retention.RunOnceAsync(CancellationToken.None);

        (doubted, Subject.Double.DeadLetterCount).ShouldBe((3, 0));
        told.ShouldContain("3 dead letters would go");
        Log.LatestRecord.Message.ShouldBe("3 dead letters older than 30.00:00:00 were purged.");
    }

    [Theory]
    [InlineData(-400)]
    [InlineData(400)]
    public async Task A_dead_letter_of_a_wrong_clock_is_kept_for_its_retention_by_the_brokers_clock(int daysOff)
    {
        await EnqueueAsync(Some.Envelope());
        await using (ServiceBusSessionReceiver receiver = await Subject.Client.AcceptNextSessionAsync(ServiceBusQueueUnderTest.QueueName))
        {
            ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync();
            await receiver.DeadLetterMessageAsync(message, new Dictionary<string, object> { ["deadLetteredAt"] = _time.GetUtcNow().AddDays(daysOff).ToUnixTimeMilliseconds() }, "expired", "x");
        }

        _time.Advance(TimeSpan.FromDays(29));
        await RunAsync();
        int early = Subject.Double.DeadLetterCount;
        _time.Advance(TimeSpan.FromDays(16));
        await RunAsync();

        (early, Subject.Double.DeadLetterCount).ShouldBe((1, 0));
    }

    private FakeLogger<DeadLetterRetention> Log => Subject.Process.Logger;

    private Task RunAsync() => Subject.Process.Retention.RunAsync(CancellationToken.None);

    private async Task DeadLettersAsync(int count)
    {
        await EnqueueAsync([.. Enumerable.Range(0, count).Select(number => Some.Envelope(number))]);
        _time.Advance(TimeSpan.FromDays(14) + TimeSpan.FromMinutes(1));
        await Eventually.BecomesTrueAsync(() => Subject.Double.DeadLetterCount == count);
    }
}
