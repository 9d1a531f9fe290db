using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Time;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomerIoDestination.Fuzz;

/// <summary>
/// The door: each item of a body ends as accepted, skipped or rejected by its index, and each accepted event as requests, a skip with a reason or a dead
/// letter. What is sent is JSON.
/// </summary>
internal sealed class DoorFuzzer : Fuzzer
{
    private static readonly DestinationSettings Settings = new() { Ingest = new IngestSettings { MaxBodyBytes = 20_000 } };
    private static readonly IngestRequest Request = new(null, false, null);

    private readonly EnvelopeMapper _mapper = new(Settings.Mapping, Settings.Limits, RulesSource.Of(DestinationRules.None));
    private readonly EnvelopeMapper _converting = new(
        new MappingSettings { ConvertDates = true, SendNulls = false, EmailFromProperties = true, PersonIdentifier = PersonIdentifierChoice.Email },
        new LimitSettings { AttributeName = OverLimit.Trim, AttributeValue = OverValueLimit.Trim, AttributeCount = OverLimit.Trim, EventName = OverLimit.Trim },
        RulesSource.Of(DestinationRules.None));

    private readonly DestinationMetrics _metrics = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
    private readonly SteadyClock _clock = new(TimeProvider.System);
    private readonly EventCounters _counters = new(TimeProvider.System);

    public override string Name => "door";

    protected override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            """{"type":"identify","userId":"u-1","anonymousId":"d-1","messageId":"m-1","timestamp":"2026-11-20T08:30:00Z","traits":{"email":" Ada <ada@example.com>","plan":"gold","created_at":"2024-02-01","unsubscribed":"no","cio_subscription_preferences":{"topics":{"topic_1":"yes"},"channels":{"sms":0}}}}""",
            """{"type":"track","event":"Order Completed","userId":12345.0,"anonymousId":"d-1","messageId":"m-2","timestamp":1795163400000,"properties":{"total":12.50,"items":[{"sku":"a"},{"sku":"b"}],"at":{"$date":"2026-11-20"}},"integrations":{"All":false,"Customer.io":true}}""",
            """{"event":"$identify","properties":{"distinct_id":"u-3","$device_id":"d-3","$insert_id":"i-3","time":1795163400,"$user_props":{"$email":"p3@example.com","plan":"gold"},"email":"x@example.com"}}""",
            """[{"event":"Opened","properties":{"distinct_id":"u-4","time":"2026-11-20 08:30:00 UTC"}},{"type":"page","userId":"u","context":{"page":{"url":"https://example.com/a?b=c#d","title":"T"}}},{"type":"screen","name":"Home","anonymousId":"d"}]""",
            """{"type":"batch","integrations":{"Mixpanel":true},"context":{"traits":{"email":"ada@example.com"},"library":{"name":"l"}},"batch":[{"type":"track","event":"A"},{"type":"group","groupId":"g","traits":{"name":"n"}},{"type":"alias","userId":"b","previousId":"a"}]}""",
            "{\"type\":\"track\",\"event\":\"A\",\"userId\":\"u\"}\n{\"type\":\"track\",\"event\":\"B\",\"userId\":\"u\",\"properties\":\"{\\\"a\\\":1}\"}\n",
            """{"type":"identify","traits":{"a":"1","a":"2","\u0061":3,"":1,"_x":2,"nested":{"deep":[[[{}]]]},"cio_relationships":{"action":"add_relationships","relationships":[]}},"context":"{\"traits\":{}}","userId":"\ud83d\ude00"}""",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    protected override async Task<string?> ReadAsync(byte[] input)
    {
        var queue = new KeepingQueue();
        var ingester = new EventIngester(
            queue, queue, _counters, _metrics, Settings, RulesSource.Of(DestinationRules.None), _clock, new Random(1), NullLogger<EventIngester>.Instance);
        int items = BodySplitter.Split(input) is BodyItems.Items split ? split.Values.Count : 1;
        switch (await ingester.IngestAsync(input, Request, CancellationToken.None))
        {
            case IngestResult.TooManyItems:
                Ended("too many");
                return null;
            case IngestResult.TooLarge:
                Ended("too large");
                return null;
            case IngestResult.Ingested ingested:
                int[] indexes = [.. ingested.Rejected.Select(item => item.Index)];
                if (ingested.EventIds.Count + ingested.Skipped + indexes.Length != items || indexes.Distinct().Count() != indexes.Length)
                {
                    return $"{items} items, but {ingested.EventIds.Count} accepted, {ingested.Skipped} skipped, {indexes.Length} rejected";
                }

                Count(ingested);
                return queue.Envelopes.Select(envelope => Map(_mapper, envelope) ?? Map(_converting, envelope)).FirstOrDefault(problem => problem is not null);
            default:
                return "the queue took nothing";
        }
    }

    private void Count(IngestResult.Ingested ingested)
    {
        Ended(ingested.EventIds.Count > 0 ? "with an accepted item" : ingested.Skipped > 0 ? "with skipped items only" : "rejected");
    }

    private string? Map(EnvelopeMapper mapper, EventEnvelope envelope)
    {
        using var scope = EventScope.Rent();
        MappingResult result = mapper.Map(envelope, scope);
        switch (result)
        {
            case MappingResult.Mapped mapped:
                Ended("mapped");
                return mapped.Operations.Select(operation => Problem(SingleRequest.Write(operation, scope.Output).Body.Span)).FirstOrDefault(problem => problem is not null);
            case MappingResult.Skipped:
                Ended("mapped to a skip");
                return null;
            case MappingResult.Invalid invalid:
                Ended("mapped to a dead letter");
                return invalid.Problems.Count == 0 ? "a dead letter without a problem" : null;
            default:
                return "a fourth end";
        }
    }

    private static string? Problem(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
            {
            }

            return System.Text.Unicode.Utf8.IsValid(body) ? null : "what is sent is no UTF-8";
        }
        catch (JsonException exception)
        {
            return $"what is sent is no JSON: {exception.Message}";
        }
    }

    private sealed class KeepingQueue : IEventQueue, IDeliveryLog
    {
        public List<EventEnvelope> Envelopes { get; } = [];

        public Task<EnqueueResult> EnqueueAsync(IReadOnlyList<EventEnvelope> envelopes, CancellationToken cancellationToken)
        {
            Envelopes.AddRange(envelopes);
            return Task.FromResult<EnqueueResult>(EnqueueResult.Enqueued.All);
        }

        public Task<QueueRemoval> RemoveAsync(Predicate<ReadOnlyMemory<byte>> isWanted, SkipReason reason, CancellationToken cancellationToken) =>
            Task.FromResult(new QueueRemoval(0, 0, 0, More: false));

        public Task<QueueStatus?> GetStatusAsync(CancellationToken cancellationToken) => Task.FromResult<QueueStatus?>(null);

        public Task RecordAsync(IReadOnlyList<DeliveryLogEntry> entries, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<DeliveryLogPage> ListAsync(DeliveryLogQuery query, CancellationToken cancellationToken) => Task.FromResult(new DeliveryLogPage([], null));

        public Task<EventStory?> FindStoryAsync(string eventId, CancellationToken cancellationToken) => Task.FromResult<EventStory?>(null);
    }
}
