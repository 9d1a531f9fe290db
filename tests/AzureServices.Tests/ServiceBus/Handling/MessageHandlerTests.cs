using System.Diagnostics.Metrics;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Moq;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

/// <summary>What tests of the handler share: one whose deliveries come to what the test decides, and a settlement that remembers its steps.</summary>
public abstract class MessageHandlerTests
{
    private protected MessageHandlerTests(bool isEnabled = true)
    {
        Settled = new RecordedSettlement(Time);
        Handler = Create(isEnabled);
    }

    private ServiceBusMessageHandler Create(bool isEnabled) => new(
        async (received, keep, cancellationToken) =>
        {
            InHand.Of(received.Envelope.Lane).ShouldBe(1);
            Delivered.Add(received);
            Time.Advance(Takes);
            await Waits(cancellationToken);
            if (Keeps is { } failures)
            {
                await keep(failures);
            }

            return Some.Attempt(Decision, attempts: 5);
        },
        new EventSettling(Again.Object, Log, NullLogger<EventSettling>.Instance),
        InHand,
        new DeliverySettings { Enabled = isEnabled },
        new DestinationMetrics(Meters),
        Time,
        new NoChance(),
        Logger);

    private protected FakeTimeProvider Time { get; } = new(Some.Time);

    private protected IMeterFactory Meters { get; } = Some.Meters();

    private protected RecordedLog Log { get; } = new();

    private protected RecordedSettlement Settled { get; }

    /// <summary>The queue, which takes repeats.</summary>
    private protected Mock<IEventQueue> Again { get; } = new();

    private protected FakeLogger<ServiceBusMessageHandler> Logger { get; } = new();

    private protected EventsInHand InHand { get; } = new();

    private protected ServiceBusMessageHandler Handler { get; }

    private protected List<ReceivedEvent> Delivered { get; } = [];

    /// <summary>What the next delivery comes to.</summary>
    private protected Settlement Decision { get; set; } = Settlement.Complete.Delivered;

    /// <summary>What the next delivery has written down while it waits; null for nothing.</summary>
    private protected FailureHistory? Keeps { get; set; }

    /// <summary>How long a delivery takes.</summary>
    private protected TimeSpan Takes { get; set; } = TimeSpan.Zero;

    /// <summary>What the next delivery waits for.</summary>
    private protected Func<CancellationToken, Task> Waits { get; set; } = static _ => Task.CompletedTask;

    private protected Task HandleAsync(EventEnvelope? envelope = null, CancellationToken cancellationToken = default) =>
        Handler.HandleAsync(Some.Received(envelope ?? Some.Envelope()), Settled, cancellationToken);

    /// <summary>
    /// The same for what does not end at once: how long it takes on the test's clock, to the second. Nothing really waits, so outside the test's own
    /// context all that a tick sets going is done when it returns.
    /// </summary>
    private protected Task<double> SecondsAsync(Func<Task> handle) => Task.Run(async () =>
    {
        long start = Time.GetTimestamp();
        Task handling = handle();
        while (!handling.IsCompleted)
        {
            Settled.Steps.ShouldNotContain("release");
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        await handling;
        return Time.GetElapsedTime(start).TotalSeconds;
    });

    private sealed class NoChance : Random
    {
        public override double NextDouble() => 0;
    }
}
