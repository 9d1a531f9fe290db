using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

/// <summary>What tests of the handler share: one whose deliveries come to what the test decides, and a settlement that remembers its steps.</summary>
public abstract class MessageHandlerTests
{
    private protected MessageHandlerTests() => Handler = new ServiceBusMessageHandler(
        async (received, keep, _) =>
        {
            InHand.Of(received.Envelope.Lane).ShouldBe(1);
            Delivered.Add(received);
            Time.Advance(Takes);
            if (Keeps is { } failures)
            {
                await keep(failures);
            }

            return Some.Attempt(Decision, attempts: 5);
        },
        new EventSettling(Log, NullLogger<EventSettling>.Instance),
        InHand,
        Time,
        Logger);

    private protected FakeTimeProvider Time { get; } = new(Some.Time);

    private protected RecordedLog Log { get; } = new();

    private protected RecordedSettlement Settled { get; } = new();

    private protected FakeLogger<ServiceBusMessageHandler> Logger { get; } = new();

    private protected EventsInHand InHand { get; } = new();

    private protected ServiceBusMessageHandler Handler { get; }

    private protected List<ReceivedEvent> Delivered { get; } = [];

    /// <summary>What the next delivery comes to.</summary>
    private protected Settlement Decision { get; set; } = Settlement.Complete.Instance;

    /// <summary>What the next delivery has written down while it waits; null for nothing.</summary>
    private protected FailureHistory? Keeps { get; set; }

    /// <summary>How long a delivery takes.</summary>
    private protected TimeSpan Takes { get; set; } = TimeSpan.Zero;

    private protected Task HandleAsync(EventEnvelope? envelope = null, CancellationToken cancellationToken = default) =>
        Handler.HandleAsync(Some.Received(envelope ?? Some.Envelope()), Settled, cancellationToken);
}
