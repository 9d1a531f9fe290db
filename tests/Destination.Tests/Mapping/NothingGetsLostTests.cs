using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using CustomerIoDestination.Events;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Mapping;

/// <summary>An event that was accepted never becomes nothing without a word, and neither does any value in it.</summary>
public sealed class NothingGetsLostTests
{
    private static readonly string[] MeantNames =
        ["email", "id", "created_at", "createdAt", "unsubscribed", "_update", "cio_x", "cio_subscription_preferences.topics.topic_1", "recipient", "plan", "", " ", "idfa", "$email", "userId", "x@y.co"];

    private static readonly Gen<string> Facts = Gen.Select(Gen.OneOf(SomeJson.Texts, Gen.Int[0, MeantNames.Length - 1].Select(index => MeantNames[index])), SomeJson.Values)
        .Array[0, 8]
        .Select(members => $"{{{string.Join(',', members.DistinctBy(member => member.Item1).Select(member => $"{SomeJson.Quote(member.Item1)}:{member.Item2}"))}}}");

    // Letters and halves of surrogate pairs, whole pairs by chance.
    private static readonly Gen<string> HalfTexts =
        Gen.OneOf(Gen.Char['a', 'z'], Gen.Char['\ud800', '\ud803'], Gen.Char['\udc00', '\udc03']).Array[1, 6].Select(chars => new string(chars));

    private static readonly DestinationMetrics Metrics = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    [Fact]
    public void Every_property_of_a_track_comes_out_or_is_named() =>
        Facts.Sample(facts =>
        {
            PreviewItem item = Preview($$"""{"type":"track","event":"x","userId":"u-1","properties":{{facts}}}""");

            item.Outcome.ShouldBe("deliver");
            ShouldBeThere("properties", facts, Body(item)["data"]!.AsObject(), item);
        });

    [Fact]
    public void Every_trait_of_an_identify_comes_out_or_is_named() =>
        Facts.Sample(facts =>
        {
            PreviewItem item = Preview($$"""{"type":"identify","userId":"u-1","anonymousId":"d","traits":{{facts}}}""");

            if (item.Outcome == "reject")
            {
                item.Problems.ShouldNotBeEmpty();
                return;
            }

            item.Outcome.ShouldBe("deliver");
            ShouldBeThere("traits", facts, Body(item), item);
        });

    [Fact]
    public void Every_property_of_the_other_shape_comes_out_or_is_named() =>
        Facts.Sample(facts =>
        {
            string others = facts.Length == 2 ? "" : $",{facts[1..^1]}";
            PreviewItem item = Preview($$"""{"event":"x","properties":{"distinct_id":"u-1"{{others}}}}""");

            item.Outcome.ShouldBe("deliver");
            ShouldBeThere("properties", facts, Body(item)["data"]!.AsObject(), item);
        });

    [Fact]
    public void Of_an_event_under_privacy_mode_exactly_the_allowed_values_come_out() =>
        Facts.Sample(facts =>
        {
            PreviewItem item = Preview(
                $$"""{"type":"track","event":"x","userId":"u-1","properties":{{facts}}}""",
                """{"privacy": {"allow": {"events": {"x": ["plan", "email", "idfa", "userId"]}}}}""");

            JsonObject given = JsonNode.Parse(facts)!.AsObject();
            JsonObject sent = Body(item)["data"]!.AsObject();
            string[] allowed = ["plan", "email", "idfa", "userId"];
            sent.Select(member => member.Key).ShouldBe(given.Select(member => member.Key).Where(allowed.Contains), ignoreOrder: true);
            sent.ShouldAllBe(member => JsonNode.DeepEquals(member.Value, given[member.Key]));
            bool leftOut = given.Any(member => !allowed.Contains(member.Key) && !ReservedNames.IsBuiltIn(Encoding.UTF8.GetBytes(member.Key)));
            item.Warnings.Any(warning => warning.Kind == WarningCode.PrivacyDropped).ShouldBe(leftOut);
        });

    [Fact]
    public void Text_that_is_half_a_character_is_replaced_and_named_and_what_leaves_is_always_UTF_8() =>
        Gen.Select(HalfTexts, HalfTexts, Gen.Bool).Sample((name, value, isIdentify) =>
        {
            string facts = $"{{{Escaped("Q" + name)}:{Escaped(value)},\"plan\":\"gold\"}}";
            PreviewItem item = Preview(isIdentify ? $$"""{"type":"identify","userId":"u-1","traits":{{facts}}}""" : $$"""{"type":"track","event":"x","userId":"u-1","properties":{{facts}}}""");

            item.Outcome.ShouldBe("deliver");
            ReadOnlySpan<byte> body = item.Requests.ShouldHaveSingleItem().Body.Span;
            System.Text.Unicode.Utf8.IsValid(body).ShouldBeTrue();
            JsonObject sent = (isIdentify ? JsonNode.Parse(body)! : JsonNode.Parse(body)!["data"]!).AsObject();
            sent["plan"]!.GetValue<string>().ShouldBe("gold");
            sent.Select(member => member.Key).ShouldContain(Repaired("Q" + name));
            sent[Repaired("Q" + name)]!.GetValue<string>().ShouldBe(Repaired(value));
            bool broken = Repaired(value) != value;
            item.Warnings.Any(warning => warning.Kind == WarningCode.SurrogateReplaced).ShouldBe(broken);
        });

    [Fact]
    public void An_identifier_that_holds_half_a_character_is_a_dead_letter_and_names_nobody() =>
        HalfTexts.Where(text => Repaired(text) != text).Sample(id =>
        {
            PreviewItem item = Preview($$"""{"type":"track","event":"x","userId":{{Escaped(id)}}}""");

            item.Outcome.ShouldBe("reject");
            item.Reason.ShouldBe("invalid_event");
            item.Problems.ShouldContain(problem => problem.Field == "userId");
        });

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_rejected_wherever_they_stand() =>
        Gen.Select(SomeJson.Events, Gen.Int[0, 10_000], Gen.Byte[0x80, 0xFF]).Sample((value, place, wrong) =>
        {
            byte[] body = Encoding.UTF8.GetBytes(value);
            body = [.. body[..(place % body.Length)], wrong, .. body[(place % body.Length)..]];
            if (System.Text.Unicode.Utf8.IsValid(body))
            {
                return;
            }

            var rejected = new EventPreview(new DestinationSettings(), Mapper(DestinationRules.None), new FakeTimeProvider(Some.Now), new Random(1))
                .Preview(body, new IngestRequest(null, true, null)).ShouldBeOfType<PreviewResult.Items>().Values.ShouldHaveSingleItem();
            rejected.Reason.ShouldBe("invalid_encoding");
        });

    [Fact]
    public void What_ingest_does_with_an_event_is_what_the_preview_says() =>
        SomeJson.Events.Sample(value =>
        {
            PreviewItem preview = Preview(value);
            var queue = new RecordingQueue();
            var ingester = new EventIngester(
                queue, queue, new EventCounters(), Metrics, new DestinationSettings(), RulesSource.Of(DestinationRules.None), new FakeTimeProvider(Some.Now), new Random(1), NullLogger<EventIngester>.Instance);
            var ingested = ingester.IngestAsync(Encoding.UTF8.GetBytes(value), new IngestRequest(null, true, null), CancellationToken.None)
                .GetAwaiter().GetResult().ShouldBeOfType<IngestResult.Ingested>();

            (ingested.EventIds.Count + ingested.Skipped + ingested.Rejected.Count).ShouldBe(1);
            if (ingested.Rejected.Count == 1)
            {
                preview.EventId.ShouldBeNull();
                preview.Reason.ShouldBe(ingested.Rejected[0].Code);
                return;
            }

            if (ingested.Skipped == 1)
            {
                preview.Outcome.ShouldBe("skip");
                queue.Log.ShouldHaveSingleItem().Reason.ShouldBe(preview.Reason);
                return;
            }

            using EventScope scope = EventScope.Rent();
            string outcome = Mapper(DestinationRules.None).Map(queue.Envelopes.ShouldHaveSingleItem(), scope) switch
            {
                MappingResult.Mapped => "deliver",
                MappingResult.Skipped => "skip",
                _ => "reject",
            };
            outcome.ShouldBe(preview.Outcome);
            queue.Envelopes[0].EventId.ShouldBe(preview.EventId);
        });

    [Fact]
    public void Whatever_is_accepted_has_one_end_with_its_reason() =>
        SomeJson.Events.Sample(value =>
        {
            PreviewItem item = Preview(value);

            switch (item.Outcome)
            {
                case "deliver":
                    item.Requests.ShouldNotBeEmpty();
                    item.Problems.ShouldBeEmpty();
                    item.Reason.ShouldBeNull();
                    break;
                case "skip":
                    item.Requests.ShouldBeEmpty();
                    Enum.GetValues<SkipReason>().Select(reason => reason.ToCode()).ShouldContain(item.Reason);
                    break;
                default:
                    item.Requests.ShouldBeEmpty();
                    item.Problems.ShouldNotBeEmpty();
                    break;
            }
        });

    // What is read otherwise than it stands there: times, subscriptions, flags, and an e-mail, which has tests of its own.
    private static bool IsReadOtherwise(string set, string name) =>
        set == "traits" && (name is "created_at" or "createdAt" or "unsubscribed" or "_update" or "_timestamp" or "email" || name.StartsWith("cio_", StringComparison.Ordinal));

    private static void ShouldBeThere(string set, string facts, JsonObject sent, PreviewItem item)
    {
        foreach ((string name, JsonNode? value) in JsonNode.Parse(facts)!.AsObject())
        {
            if (ReservedNames.IsBuiltIn(Encoding.UTF8.GetBytes(name)) || (value is null && name is "email" or "unsubscribed" or "created_at" or "createdAt"))
            {
                continue;
            }

            string sentName = set == "traits" && name == "createdAt" ? "created_at" : name;
            bool isThere = sent.TryGetPropertyValue(sentName, out JsonNode? sentValue) && (IsReadOtherwise(set, name) || JsonNode.DeepEquals(value, sentValue));
            bool isNamed = item.Warnings.Any(warning => warning.Field == FieldName.Of(set, Utf8Text.Of(sentName)) || (warning.Kind == WarningCode.NameBlank && Utf8Text.Of(name).IsBlank));
            bool saysNothing = set == "traits" && (name == "id" || (name == "_update" && value is null));
            (isThere || isNamed || saysNothing).ShouldBeTrue($"{name} of {facts} neither in {sent.ToJsonString()} nor in {string.Join("; ", item.Warnings)}");
        }
    }

    private static JsonObject Body(PreviewItem item) => JsonNode.Parse(item.Requests.ShouldHaveSingleItem().Body.Span)!.AsObject();

    private static EnvelopeMapper Mapper(DestinationRules rules) => new(new MappingSettings(), new LimitSettings(), RulesSource.Of(rules));

    private static PreviewItem Preview(string item, string rules = "{}") => new EventPreview(
        new DestinationSettings(),
        Mapper(RuleTexts.Valid(rules)),
        new FakeTimeProvider(Some.Now),
        new Random(1)).Preview(Encoding.UTF8.GetBytes(item), new IngestRequest(null, true, null)).ShouldBeOfType<PreviewResult.Items>().Values.ShouldHaveSingleItem();

    private static string Escaped(string text) =>
        $"\"{string.Concat(text.Select(c => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")))}\"";

    private static string Repaired(string text) => string.Concat(text.EnumerateRunes());
}
