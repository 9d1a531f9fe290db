using Azure.Messaging.ServiceBus;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

/// <summary>With <c>Delivery__Enabled=false</c> a trigger that goes on all the same takes nothing off the queue.</summary>
public sealed class SwitchedOffTests : MessageHandlerTests
{
    public SwitchedOffTests()
        : base(isEnabled: false)
    {
    }

    [Fact]
    public async Task Switched_off_an_event_is_given_back_after_a_pause_and_neither_delivered_nor_counted()
    {
        (await SecondsAsync(() => HandleAsync())).ShouldBe(5);

        Delivered.ShouldBeEmpty();
        Settled.Steps.ShouldBe(["release"]);
        Log.Entries.ShouldBeEmpty();
        Logger.Collector.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Switched_off_an_event_is_ready_and_not_in_delivery()
    {
        int inHand = -1;

        await SecondsAsync(() =>
        {
            Task handling = HandleAsync();
            inHand = InHand.Of(Lane.Live);
            return handling;
        });

        inHand.ShouldBe(0);
    }

    [Fact]
    public async Task Switched_off_the_pauses_grow_to_a_minute()
    {
        List<double> pauses = [];
        for (int i = 0; i < 6; i++)
        {
            Settled.Forget();
            pauses.Add(await SecondsAsync(() => HandleAsync()));
        }

        pauses.ShouldBe([5, 10, 20, 40, 60, 60]);
    }

    [Fact]
    public async Task Switched_off_a_message_of_somebody_else_stays_too()
    {
        await SecondsAsync(() => Handler.HandleAsync(ServiceBusModelFactory.ServiceBusReceivedMessage(sessionId: "l-07"), Settled, CancellationToken.None));

        Settled.Steps.ShouldBe(["release"]);
    }

    [Fact]
    public async Task Switched_off_a_shutdown_waits_for_no_pause()
    {
        await HandleAsync(cancellationToken: new CancellationToken(canceled: true));

        Settled.Steps.ShouldBe(["release"]);
    }
}
