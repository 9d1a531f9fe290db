using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

/// <summary>A delivery that fails in a way nobody expected.</summary>
public sealed class BrokenDeliveryTests
{
    private readonly CountingTime _time = new();
    private readonly RecordedSettlement _settlement = new();
    private readonly FakeLogger<ServiceBusMessageHandler> _logger = new();
    private readonly EventsInHand _inHand = new();
    private readonly ServiceBusMessageHandler _handler;

    public BrokenDeliveryTests() => _handler = new ServiceBusMessageHandler(
        static (_, _, _) => throw new FormatException("ann@example.com is no number"),
        new EventSettling(new RecordedLog(), NullLogger<EventSettling>.Instance),
        _inHand,
        _time,
        _logger);

    [Fact]
    public async Task Its_session_is_given_up_after_a_pause_and_nothing_is_settled()
    {
        Task handling = HandleAsync(CancellationToken.None);
        await Eventually.BecomesTrueAsync(() => _time.Waits == 1);

        _settlement.Steps.ShouldBeEmpty();
        handling.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(5));
        await handling;

        _settlement.Steps.ShouldBe(["release"]);
        _inHand.Of(Lane.Live).ShouldBe(0);
    }

    [Fact]
    public async Task It_is_told_without_any_data()
    {
        using CancellationTokenSource stopping = new();
        Task handling = HandleAsync(stopping.Token);

        await stopping.CancelAsync();
        await handling;

        _settlement.Steps.ShouldBe(["release"], "a shutdown waits for no pause");
        FakeLogRecord record = _logger.Collector.GetSnapshot().ShouldHaveSingleItem();
        record.Level.ShouldBe(LogLevel.Error);
        record.Message.ShouldContain(nameof(FormatException));
        record.Message.ShouldContain(Some.Envelope().EventId);
        record.Message.ShouldNotContain("ann@example.com");
        record.Exception.ShouldBeNull();
    }

    private Task HandleAsync(CancellationToken cancellationToken) => _handler.HandleAsync(Some.Received(Some.Envelope()), _settlement, cancellationToken);
}
