using CustomerIoDestination.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

/// <summary>A delivery that fails in a way nobody expected.</summary>
public sealed class BrokenDeliveryTests : MessageHandlerTests
{
    public BrokenDeliveryTests() => Waits = static _ => throw new FormatException("ann@example.com is no number");

    [Fact]
    public async Task The_session_of_a_delivery_that_broke_is_given_up_after_a_pause_and_nothing_is_settled()
    {
        (await SecondsAsync(() => HandleAsync())).ShouldBe(5);

        Settled.Steps.ShouldBe(["release"]);
        Log.Entries.ShouldBeEmpty();
        InHand.Of(Lane.Live).ShouldBe(0);
    }

    [Fact]
    public async Task A_delivery_that_broke_is_told_without_any_data_and_a_shutdown_waits_for_no_pause()
    {
        using CancellationTokenSource stopping = new();
        Task handling = HandleAsync(cancellationToken: stopping.Token);

        await stopping.CancelAsync();
        await handling;

        Settled.Steps.ShouldBe(["release"]);
        FakeLogRecord record = Logger.Collector.GetSnapshot().ShouldHaveSingleItem();
        record.Level.ShouldBe(LogLevel.Error);
        record.Message.ShouldContain(nameof(FormatException));
        record.Message.ShouldContain(Some.Envelope().EventId);
        record.Message.ShouldNotContain("ann@example.com");
        record.Exception.ShouldBeNull();
    }
}
