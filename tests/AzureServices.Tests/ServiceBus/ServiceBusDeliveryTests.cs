using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus;

/// <summary>Delivery outside Functions: the message handler under the session processor, over the real client.</summary>
public sealed class ServiceBusDeliveryTests : BrokerTests
{
    private readonly ConcurrentQueue<ReceivedEvent> _delivered = new();
    private Func<ReceivedEvent, Settlement> _decide = static _ => Settlement.Complete.Delivered;

    public ServiceBusDeliveryTests()
        : base(new ServiceBusQueueUnderTest())
    {
    }

    [Fact]
    public async Task A_released_event_comes_again_first_with_its_failures_and_counts_no_delivery()
    {
        FailureHistory failures = new(3, Some.Time);
        EventEnvelope[] sent = [.. Enumerable.Range(0, 5).Select(number => Some.Envelope(number))];
        _decide = received => received.Envelope.EventId == sent[1].EventId && received.History == FailureHistory.None
            ? new Settlement.Release("http_503", failures)
            : Settlement.Complete.Delivered;
        await EnqueueAsync(sent);

        await RunAsync(() => Subject.Double.ActiveCount == 0);

        _delivered.Select(received => received.Envelope.EventId).ShouldBe([.. new[] { 0, 1, 1, 2, 3, 4 }.Select(number => sent[number].EventId)]);
        _delivered.Select(received => received.History).ShouldBe([default, default, failures, default, default, default]);
        Subject.Double.SessionState("l-07").GetValueOrDefault().Length.ShouldBe(0);
    }

    [Fact]
    public async Task An_event_released_over_and_over_never_burns_its_delivery_count()
    {
        int deliveries = 0;
        _decide = _ => ++deliveries < 20 ? new Settlement.Release("http_503", FailureHistory.None) : Settlement.Complete.Delivered;
        await EnqueueAsync(Some.Envelope());

        await RunAsync(() => deliveries >= 10);
        int? counted = Subject.Double.Messages is [var waiting] ? waiting.DeliveryCount : null;
        await RunAsync(() => Subject.Double.ActiveCount == 0);

        (counted ?? 0).ShouldBe(0);
        Subject.Double.DeadLetterCount.ShouldBe(0);
    }

    [Fact]
    public async Task Dead_letters_are_written_as_the_store_reads_them()
    {
        _decide = _ => Some.DeadLetter(DeadLetterReason.LimitExceeded, "traits.bio: 1,400 bytes, limit 1,000");
        await EnqueueAsync(Some.Envelope());

        await RunAsync(() => Subject.Double.DeadLetterCount == 1);

        DeadLetter deadLetter = (await Subject.Store.ListAsync(new DeadLetterQuery(null, 10, null), CancellationToken.None)).Items.ShouldHaveSingleItem();
        (deadLetter.Reason, deadLetter.Attempts, deadLetter.Kind, deadLetter.DeadLetteredAt).ShouldBe((DeadLetterReason.LimitExceeded, 2, "track", Some.Time));
        deadLetter.Description.ShouldBe("traits.bio: 1,400 bytes, limit 1,000");
    }

    [Fact]
    public async Task A_lost_session_delivers_its_event_again_and_nothing_is_lost()
    {
        EventEnvelope[] sent = [.. Enumerable.Range(0, 3).Select(number => Some.Envelope(number))];
        _decide = received =>
        {
            if (_delivered.Count == 1)
            {
                Subject.Double.DetachReceivers();
            }

            return Settlement.Complete.Delivered;
        };
        await EnqueueAsync(sent);

        await RunAsync(() => Subject.Double.ActiveCount == 0);

        _delivered.Select(received => received.Envelope.EventId).Distinct().ShouldBe(sent.Select(envelope => envelope.EventId));
    }

    [Fact]
    public async Task Many_partitions_of_both_lanes_are_drained_in_order()
    {
        EventEnvelope[] sent = [.. Enumerable.Range(0, 600).Select(number => Some.Envelope(number, new Partition(number % 3 == 0 ? Lane.Import : Lane.Live, number % 10)))];
        await EnqueueAsync(sent);

        await RunAsync(() => Subject.Double.ActiveCount == 0);

        foreach (IGrouping<Partition, EventEnvelope> partition in sent.GroupBy(envelope => envelope.Partition))
        {
            _delivered.Select(received => received.Envelope).Where(envelope => envelope.Partition == partition.Key).Select(envelope => envelope.EventId)
                .ShouldBe(partition.Select(envelope => envelope.EventId));
        }
    }

    [Fact]
    public async Task Switched_off_no_session_is_accepted()
    {
        await EnqueueAsync(Some.Envelope());
        await using ServiceBusDelivery delivery = new(
            Subject.Connection, null!, new DeliverySettings { Enabled = false }, TimeProvider.System, NullLogger<ServiceBusDelivery>.Instance);

        await delivery.StartAsync(CancellationToken.None);
        await delivery.StopAsync(CancellationToken.None);

        Subject.Double.Messages.ShouldHaveSingleItem().DeliveryCount.ShouldBe(0);
        Subject.Double.HeldSessions.ShouldBeEmpty();
    }

    [Fact]
    public void The_processor_is_set_up_as_host_json_sets_up_the_triggers()
    {
        ServiceBusSessionProcessorOptions options = ServiceBusDelivery.OptionsOf(new DeliverySettings());
        JsonNode values = JsonNode.Parse(File.ReadAllText(HostJson))!["extensions"]!["serviceBus"]!;

        options.AutoCompleteMessages.ShouldBe(values["autoCompleteMessages"]!.GetValue<bool>());
        options.PrefetchCount.ShouldBe(values["prefetchCount"]!.GetValue<int>());
        options.MaxConcurrentSessions.ShouldBe(values["maxConcurrentSessions"]!.GetValue<int>());
        options.MaxConcurrentCallsPerSession.ShouldBe(values["maxConcurrentCallsPerSession"]!.GetValue<int>());
        options.SessionIdleTimeout.ShouldBe(Duration("sessionIdleTimeout"));
        options.MaxAutoLockRenewalDuration.ShouldBe(Duration("maxAutoLockRenewalDuration"));

        TimeSpan Duration(string name) => TimeSpan.Parse(values[name]!.GetValue<string>(), CultureInfo.InvariantCulture);
    }

    [Fact]
    public void There_are_as_many_sessions_at_once_as_partitions() =>
        ServiceBusDelivery.OptionsOf(new DeliverySettings { LivePartitions = 100, ImportPartitions = 3 }).MaxConcurrentSessions.ShouldBe(103);

    [Fact]
    public async Task A_broker_that_is_away_is_asked_again_after_a_second_and_told_of_once_a_minute()
    {
        FakeTimeProvider time = new();
        FakeLogger<ServiceBusDelivery> log = new();
        await using ServiceBusDelivery delivery = new(Subject.Connection, null!, new DeliverySettings(), time, log);
        ProcessErrorEventArgs away = new(new InvalidOperationException("secret"), ServiceBusErrorSource.AcceptSession, "namespace", "queue", CancellationToken.None);

        for (int second = 0; second < 90; second++)
        {
            Task pause = delivery.OnErrorAsync(away);
            pause.IsCompleted.ShouldBeFalse();
            time.Advance(TimeSpan.FromSeconds(1));
            await pause;
        }

        log.Collector.GetSnapshot().Select(record => record.Message).ShouldBe(
        [
            "The queue could not be delivered from (AcceptSession: InvalidOperationException); it is tried again, and told once a minute (1 failures since).",
            "The queue could not be delivered from (AcceptSession: InvalidOperationException); it is tried again, and told once a minute (60 failures since).",
        ]);
    }

    private static string HostJson =>
        typeof(ServiceBusDeliveryTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "HostJson").Value!;

    private async Task RunAsync(Func<bool> isDone, DeliverySettings? settings = null)
    {
        ServiceBusMessageHandler handler = new(
            (received, _, _) =>
            {
                _delivered.Enqueue(received);
                return Task.FromResult(Some.Attempt(_decide(received), attempts: 2));
            },
            new EventSettling(Subject.ServiceBusQueue, Subject.Log, NullLogger<EventSettling>.Instance),
            new EventsInHand(),
            new DeliverySettings(),
            new DestinationMetrics(Some.Meters()),
            TimeProvider.System,
            new Random(1),
            NullLogger<ServiceBusMessageHandler>.Instance);
        await using ServiceBusDelivery delivery = new(Subject.Connection, handler, settings ?? new DeliverySettings(), TimeProvider.System, NullLogger<ServiceBusDelivery>.Instance);
        await delivery.StartAsync(CancellationToken.None);
        await Eventually.BecomesTrueAsync(isDone);
        await delivery.StopAsync(CancellationToken.None);
    }
}
