using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
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

        DeadLetterPass pass = await Subject.Store.DiscardAsync(new DeadLetterSelection.OfReason(DeadLetterReason.NoEmail), CancellationToken.None);

        calls.ShouldBe(Count / 1_000);
        (pass.Done, pass.Scanned).ShouldBe((0, 5_000));
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(20 * Megabyte);
        Subject.Double.DeadLetterCount.ShouldBe(Count);
    }

    private Task<DeadLetterPage> LookAsync(string? after) =>
        Subject.Store.ListAsync(new DeadLetterQuery(DeadLetterReason.NoEmail, 10, after), CancellationToken.None);
}
