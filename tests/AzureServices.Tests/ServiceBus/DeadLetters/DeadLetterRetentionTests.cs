using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.DeadLetters;

public sealed class DeadLetterRetentionTests : BrokerTests
{
    private readonly FakeTimeProvider _time;
    private readonly FakeLogger<DeadLetterRetention> _log = new();

    public DeadLetterRetentionTests()
        : this(new FakeTimeProvider(Some.Time))
    {
    }

    private DeadLetterRetentionTests(FakeTimeProvider time)
        : base(new ServiceBusQueueUnderTest(time: time)) => _time = time;

    [Fact]
    public async Task It_goes_on_until_all_that_are_too_old_are_gone()
    {
        await DeadLettersAsync(DeadLetterPass.MaxMessages + 1);
        _time.Advance(TimeSpan.FromDays(31));

        await RunAsync();

        Subject.Double.DeadLetterCount.ShouldBe(0);
        _log.LatestRecord.Message.ShouldContain("5001");
    }

    [Fact]
    public async Task It_leaves_what_is_young_and_says_nothing()
    {
        await DeadLettersAsync(3);
        _time.Advance(TimeSpan.FromDays(20));

        await RunAsync();

        Subject.Double.DeadLetterCount.ShouldBe(3);
        _log.Collector.Count.ShouldBe(0);
    }

    [Fact]
    public async Task It_does_not_wait_for_what_somebody_else_holds()
    {
        await DeadLettersAsync(1);
        _time.Advance(TimeSpan.FromDays(31));
        await using ServiceBusReceiver other = Subject.Client.CreateReceiver(
            ServiceBusQueueUnderTest.QueueName, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        (await other.ReceiveMessageAsync()).ShouldNotBeNull();

        await RunAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Subject.Double.DeadLetterCount.ShouldBe(1);
    }

    private Task RunAsync() => new DeadLetterRetention(Subject.Store, _log).RunAsync(CancellationToken.None);

    private async Task DeadLettersAsync(int count)
    {
        await EnqueueAsync([.. Enumerable.Range(0, count).Select(number => Some.Envelope(number))]);
        _time.Advance(TimeSpan.FromDays(14) + TimeSpan.FromMinutes(1));
        await Eventually.BecomesTrueAsync(() => Subject.Double.DeadLetterCount == count);
    }
}
