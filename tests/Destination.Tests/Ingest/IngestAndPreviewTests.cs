using System.Text;
using CsCheck;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Ingest;

/// <summary>For any body, what the preview shows is what ingest takes and delivery makes of it: each event has one end, and it is the one shown.</summary>
public sealed class IngestAndPreviewTests : IDisposable
{
    private static readonly DestinationSettings Settings = new() { Ingest = new IngestSettings { MaxBodyBytes = 4_096 } };

    private static readonly DestinationRules Rules = RuleTexts.Valid(
        """{"screens":false,"aliases":true,"events":{"disabled":["u*"]},"transformations":[{"operation":"dropEvent","on":"events","when":{"property":"email","exists":true}},{"operation":"trim","on":"all","property":"name"}]}""");

    private static readonly Gen<string> Items = Gen.Frequency(
        (4, SomeJson.Events),
        (4, Gen.Select(Gen.Int[0, 5], SomeFacts.Some).Select(Named)),
        (1, SomeJson.Values));

    private static readonly Gen<string> Bodies = Gen.Frequency(
        (3, Items),
        (3, Items.Array[0, 4].Select(items => $"[{string.Join(',', items)}]")),
        (3, Gen.OneOf(Items, Gen.Const("# no JSON"), Gen.Const("{\"type\":\"track\","), Gen.Const("\uFEFF{\"event\":\"a\",\"userId\":\"u\"}")).Array[1, 4].Select(lines => string.Join('\n', lines))),
        (3, Gen.Select(SomeFacts.Some, SomeFacts.Some, Items.Array[0, 4]).Select((integrations, traits, items) =>
            $$$"""{"type":"Batch","integrations":{{{SomeFacts.ToJson(integrations)}}},"context":{"traits":{{{SomeFacts.ToJson(traits)}}},"page":{"url":"/"}},"batch":[{{{string.Join(',', items)}}}]}""")),
        (1, Gen.String));

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<DestinationMetrics>().BuildServiceProvider();

    [Fact]
    public async Task Ingest_takes_what_the_preview_shows_and_mapping_makes_of_it_what_was_shown()
    {
        var mapper = new EnvelopeMapper(Settings.Mapping, Settings.Limits, RulesSource.Of(Rules));
        await Bodies.HoldsAsync(async body =>
        {
            var queue = new RecordingQueue();
            IngestResult taken = await Ingester(queue).IngestAsync(Encoding.UTF8.GetBytes(body), new IngestRequest(null, true, null), CancellationToken.None);
            PreviewResult shown = new EventPreview(Settings, mapper, Clock(), new Random(1)).Preview(Encoding.UTF8.GetBytes(body), new IngestRequest(null, true, null));

            if (shown is not PreviewResult.Items { Values: var items })
            {
                taken.ShouldBe(shown is PreviewResult.TooLarge tooLarge ? new IngestResult.TooLarge(tooLarge.Limit) : new IngestResult.TooManyItems(BodySplitter.MaxItems));
                return;
            }

            IngestResult.Ingested ingested = taken.ShouldBeOfType<IngestResult.Ingested>();
            ingested.Rejected.Select(item => (item.Index, item.Code, item.Message))
                .ShouldBe(items.Where(item => item.EventId is null).Select(item => (item.Index, item.Reason!, item.Problems[0].Message)));
            Dictionary<string, string?> skipped = queue.Log.DistinctBy(entry => entry.EventId).ToDictionary(entry => entry.EventId, entry => entry.Reason);
            items.Count(item => item.EventId is not null).ShouldBe(queue.Envelopes.Count + ingested.Skipped);

            var left = new Queue<EventEnvelope>(queue.Envelopes);
            foreach (PreviewItem item in items.Where(item => item.EventId is not null))
            {
                if (left.TryPeek(out EventEnvelope? next) && next.EventId == item.EventId)
                {
                    left.Dequeue();
                    next.Partition.ToString().ShouldBe(item.Partition);
                    using var scope = EventScope.Rent();
                    End(mapper.Map(next, scope)).ShouldBe((item.Outcome, item.Reason, item.Requests.Count));
                }
                else
                {
                    (item.Outcome, item.Reason).ShouldBe(("skip", skipped[item.EventId!]));
                }
            }

            left.ShouldBeEmpty();
        }, times: 1_500);
    }

    [Fact]
    public async Task Delivery_ends_each_event_once_and_as_the_preview_shows()
    {
        await using var rig = new DeliveryRig(rules: Rules);
        rig.Api.Always(_ => StubTrackApi.Response(200));
        var preview = new EventPreview(new DestinationSettings(), new EnvelopeMapper(new MappingSettings(), new LimitSettings(), RulesSource.Of(Rules)), Clock(), new Random(1));
        int sent = 0;
        await Items.HoldsAsync(async body =>
        {
            var queue = new RecordingQueue();
            await Ingester(queue).IngestAsync(Encoding.UTF8.GetBytes(body), new IngestRequest(null, true, null), CancellationToken.None);
            foreach (EventEnvelope envelope in queue.Envelopes)
            {
                PreviewItem shown = preview.Preview(envelope.Body, new IngestRequest(null, true, null)).ShouldBeOfType<PreviewResult.Items>().Values.ShouldHaveSingleItem();

                DeliveryAttempt attempt = await rig.RunAsync(rig.Handler.DeliverAsync(new ReceivedEvent(envelope, 1, default), default));

                SentCall[] calls = [.. rig.Api.Calls.Skip(sent)];
                sent += calls.Length;
                calls.Select(call => (call.Method, call.Path)).ShouldBe(shown.Requests.Select(request => (request.Method, request.Path)));
                Settlement end = attempt.Settlement;
                switch (shown.Outcome)
                {
                    case "deliver":
                        end.ShouldBe(Settlement.Complete.Delivered);
                        break;
                    case "skip":
                        end.ShouldBeOfType<Settlement.Complete>().Skipped!.Value.ToCode().ShouldBe(shown.Reason);
                        break;
                    default:
                        Settlement.DeadLetter dead = end.ShouldBeOfType<Settlement.DeadLetter>();
                        (dead.Reason.ToCode(), dead.Description).ShouldBe(
                            (shown.Reason!, new Settlement.DeadLetter(dead.Reason, string.Join("; ", shown.Problems.Select(problem => $"{problem.Field}: {problem.Message}"))).Description));
                        break;
                }
            }
        }, times: 300);
    }

    public void Dispose() => _services.Dispose();

    private static string Named(int kind, (string Name, GivenValue Value)[] facts)
    {
        string json = SomeFacts.ToJson(facts);
        return kind switch
        {
            0 => $$"""{"type":"identify","anonymousId":"d-1","traits":{{json}}}""",
            1 => $$"""{"type":"track","event":"used","userId":"u-1","properties":{{json}}}""",
            2 => $$"""{"type":"page","name":"Home","userId":"u-1","properties":{{json}}}""",
            3 => $$"""{"type":"group","groupId":"g","userId":"u-1","traits":{{json}},"integrations":{{json}}}""",
            4 => $$"""{"event":"Ordered","properties":{{json}}}""",
            _ => $$"""{"type":"screen","anonymousId":"d-1","properties":{{json}}}""",
        };
    }

    private static (string Outcome, string? Reason, int Requests) End(MappingResult result) => result switch
    {
        MappingResult.Mapped mapped => ("deliver", null, mapped.Operations.Count),
        MappingResult.Skipped skipped => ("skip", skipped.Reason.ToCode(), 0),
        MappingResult.Invalid invalid => ("reject", invalid.Problems[0].Reason.ToCode(), 0),
        _ => throw new InvalidOperationException("A mapping has one of three ends."),
    };

    private static SteadyClock Clock() => new(new FakeTimeProvider(Some.Now));

    private EventIngester Ingester(RecordingQueue queue) => new(
        queue,
        queue,
        new EventCounters(new FakeTimeProvider(Some.Now)),
        _services.GetRequiredService<DestinationMetrics>(),
        Settings,
        RulesSource.Of(Rules),
        Clock(),
        new Random(1),
        NullLogger<EventIngester>.Instance);
}
