using System.Diagnostics.Metrics;
using System.Text;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Ingest;

public sealed class EventIngesterTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly IngestRequest Plain = new(null, false, null);

    private readonly RecordingQueue _queue = new();
    private readonly EventCounters _counters = new(new FakeTimeProvider(Now));
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<DestinationMetrics>().BuildServiceProvider();

    [Fact]
    public async Task Good_items_are_accepted_whatever_the_others_are()
    {
        IngestResult.Ingested result = await Ingest("""[{"event":"a"},7,{"type":"teleport"},{"event":"b"},{"type":"track"}]""");

        result.EventIds.Count.ShouldBe(2);
        result.Skipped.ShouldBe(1);
        result.Rejected.Select(item => (item.Index, item.Code)).ShouldBe([(1, "invalid_event"), (4, "invalid_event")]);
        _queue.Envelopes.Select(envelope => Encoding.UTF8.GetString(envelope.Body.Span)).ShouldBe(["""{"event":"a"}""", """{"event":"b"}"""]);
        _counters.Read().ShouldBeEquivalentTo(new EventCounts(5, 2, 2, 1, 0, 0, new Dictionary<string, long>()) { Since = Now });
    }

    [Fact]
    public async Task A_clock_that_starts_behind_what_was_believed_before_makes_no_right_time_one_to_come()
    {
        SteadyClock clock = new(new FakeTimeProvider(Now.AddDays(-400)));
        clock.GoOnFrom(new ClockMemory(Now, TimeSpan.Zero));

        await IngestAny("""{"type":"track","event":"a","userId":"u","timestamp":"2026-11-24T11:59:59Z"}""", Plain, clock: clock);

        EventEnvelope envelope = _queue.Envelopes.ShouldHaveSingleItem();
        (envelope.ReceivedAt, envelope.QueuedAt).ShouldBe((Now, Now.AddDays(-400)));
    }

    [Fact]
    public async Task Events_that_come_in_are_counted_in_the_metrics_by_their_result()
    {
        using MetricCollector<long> ingested = new(_services.GetRequiredService<IMeterFactory>(), DestinationTracing.Name, "destination.events.ingested");

        await Ingest("""[{"event":"a"},7,{"type":"teleport"},{"event":"b"}]""");

        ingested.GetMeasurementSnapshot().Select(measured => ((string?)measured.Tags["result"], measured.Value))
            .ShouldBe([("accepted", 2), ("rejected", 1), ("skipped", 1)]);
    }

    [Fact]
    public async Task A_skipped_event_is_never_stored_but_shown()
    {
        await Ingest("""{"type":"alias","previousId":"v","userId":"u"}""");

        _queue.Envelopes.ShouldBeEmpty();
        DeliveryLogEntry entry = _queue.Log.ShouldHaveSingleItem();
        entry.Reason.ShouldBe("not_enabled");
        entry.Kind.ShouldBe(EventKind.Alias);
        entry.Outcome.ShouldBe(AttemptOutcome.Skipped);
    }

    [Fact]
    public async Task A_log_that_fails_breaks_no_promise()
    {
        _queue.LogFails = true;

        IngestResult.Ingested result = await Ingest("""[{"event":"a"},{"type":"alias","previousId":"v","userId":"u"}]""");

        result.EventIds.Count.ShouldBe(1);
        result.Skipped.ShouldBe(1);
    }

    [Fact]
    public async Task An_unreadable_body_is_one_rejected_item()
    {
        IngestResult.Ingested result = await Ingest("not json");

        result.Rejected.ShouldHaveSingleItem().Code.ShouldBe("invalid_json");
        result.EventIds.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_is_promised_when_the_queue_is_busy()
    {
        using MetricCollector<long> refused = new(_services.GetRequiredService<IMeterFactory>(), DestinationTracing.Name, "destination.ingest.unavailable");
        _queue.Next = new EnqueueResult.Unavailable("queue_busy", TimeSpan.FromSeconds(3));

        (await IngestAny("""{"event":"a"}""", Plain)).ShouldBe(new IngestResult.Unavailable("queue_busy", TimeSpan.FromSeconds(3)));
        refused.GetMeasurementSnapshot().ShouldHaveSingleItem().Tags["code"].ShouldBe("queue_busy");
        _counters.Read().Accepted.ShouldBe(0);
    }

    [Fact]
    public async Task An_event_no_message_can_hold_is_refused_by_its_index_in_the_request()
    {
        _queue.Next = new EnqueueResult.Enqueued([1]);

        IngestResult.Ingested result = await Ingest("""[7,{"event":"a"},{"event":"b"},{"event":"c"}]""");

        result.EventIds.Count.ShouldBe(2);
        result.Rejected.Select(item => (item.Index, item.Code)).ShouldBe([(0, "invalid_event"), (2, "event_too_large")]);
    }

    [Fact]
    public async Task The_envelope_carries_what_the_request_said()
    {
        await IngestAny("""{"event":"a","properties":{"$insert_id":"i","time":1600000000}}""", new IngestRequest(Lane.Import, true, "00-aa-bb-01"));

        EventEnvelope envelope = _queue.Envelopes.ShouldHaveSingleItem();
        envelope.Lane.ShouldBe(Lane.Import);
        envelope.LifecycleAllowed.ShouldBeTrue();
        envelope.TraceParent.ShouldBe("00-aa-bb-01");
        envelope.ReceivedAt.ShouldBe(Now);
        envelope.QueuedAt.ShouldBe(Now);
        envelope.MessageId.ShouldBe($"track-{envelope.EventId}-0");
    }

    [Theory]
    [InlineData("""{"type":"track","event":"a","context":{"backfill":true}}""", null, Lane.Import)]
    [InlineData("""{"type":"track","event":"a","context":{"backfill":"yes"}}""", null, Lane.Live)]
    [InlineData("""{"type":"track","event":"a","timestamp":"2020-01-01"}""", null, Lane.Live)]
    [InlineData("""{"type":"track","event":"a","timestamp":"2020-01-01"}""", 24, Lane.Import)]
    [InlineData("""{"type":"track","event":"a","timestamp":"2026-11-24T11:00:00Z"}""", 24, Lane.Live)]
    public async Task Backfills_go_to_the_import_lane(string item, int? importOlderThanHours, Lane lane)
    {
        var settings = new DestinationSettings
        {
            Ingest = new IngestSettings { ImportOlderThan = importOlderThanHours is { } hours ? TimeSpan.FromHours(hours) : null },
        };

        await IngestAny(item, Plain, settings);

        _queue.Envelopes.ShouldHaveSingleItem().Lane.ShouldBe(lane);
    }

    public void Dispose() => _services.Dispose();

    private async Task<IngestResult.Ingested> Ingest(string body) => (await IngestAny(body, Plain)).ShouldBeOfType<IngestResult.Ingested>();

    private Task<IngestResult> IngestAny(string body, IngestRequest request, DestinationSettings? settings = null, SteadyClock? clock = null)
    {
        var ingester = new EventIngester(
            _queue,
            _queue,
            _counters,
            _services.GetRequiredService<DestinationMetrics>(),
            settings ?? new DestinationSettings(),
            RulesSource.Of(DestinationRules.None),
            clock ?? new SteadyClock(new FakeTimeProvider(Now)),
            new Random(1),
            NullLogger<EventIngester>.Instance);
        return ingester.IngestAsync(Encoding.UTF8.GetBytes(body), request, CancellationToken.None);
    }
}
