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
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.Text;
using CustomerIoDestination.Time;
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

    [Fact]
    public void Every_property_of_a_track_comes_out_or_is_named() =>
        Facts.Sample(facts =>
        {
            PreviewItem item = Preview($$"""{"type":"track","event":"x","userId":"u-1","properties":{{facts}}}""");

            item.Outcome.ShouldBe("deliver");
            ShouldBeThere("properties", facts, Body(item)["data"]!.AsObject(), item, (given, sent) => JsonNode.DeepEquals(given, sent));
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
            ShouldBeThere("traits", facts, Body(item), item, static (_, _) => true);
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

    private static void ShouldBeThere(string set, string facts, JsonObject sent, PreviewItem item, Func<JsonNode?, JsonNode?, bool> isSame)
    {
        foreach ((string name, JsonNode? value) in JsonNode.Parse(facts)!.AsObject())
        {
            if (ReservedNames.IsBuiltIn(Encoding.UTF8.GetBytes(name)) || (value is null && name is "email" or "unsubscribed" or "created_at" or "createdAt")
                || (value is null && name.StartsWith("cio_subscription_preferences.", StringComparison.Ordinal)))
            {
                continue;
            }

            string sentName = set == "traits" && name == "createdAt" ? "created_at" : name;
            bool isThere = sent.TryGetPropertyValue(sentName, out JsonNode? sentValue) && isSame(value, sentValue);
            bool isNamed = item.Warnings.Any(warning => warning.Field == FieldName.Of(set, Utf8Text.Of(sentName)) || (warning.Kind == WarningCode.NameBlank && Utf8Text.Of(name).IsBlank));
            bool saysNothing = set == "traits" && (name == "id" || (name == "_update" && value is null));
            (isThere || isNamed || saysNothing).ShouldBeTrue($"{name} of {facts} neither in {sent.ToJsonString()} nor in {string.Join("; ", item.Warnings)}");
        }
    }

    private static JsonObject Body(PreviewItem item) => JsonNode.Parse(item.Requests.ShouldHaveSingleItem().Body.Span)!.AsObject();

    private static PreviewItem Preview(string item) => new EventPreview(
        new DestinationSettings(),
        new EnvelopeMapper(new MappingSettings(), new LimitSettings(), RulesSource.Of(DestinationRules.None)),
        new SteadyClock(new FakeTimeProvider(Some.Now)),
        new Random(1)).Preview(Encoding.UTF8.GetBytes(item), new IngestRequest(null, true, null)).ShouldBeOfType<PreviewResult.Items>().Values.ShouldHaveSingleItem();
}
