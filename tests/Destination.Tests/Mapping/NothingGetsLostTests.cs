using System.Text;
using System.Text.Json;
using CsCheck;
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

/// <summary>
/// An event that was accepted never becomes nothing without a word, and neither does any value in it: it comes out as it went in, in the v1 request and in the
/// v2 item, or a warning names it.
/// </summary>
public sealed class NothingGetsLostTests
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 128 };

    // Where facts may stand, and where they come out.
    private static readonly Place[] Places =
    [
        new("traits", "traits", false, "", facts => $$"""{"type":"identify","userId":"u-1","anonymousId":"d","traits":{{facts}}}"""),
        new("traits as text", "traits", false, "", facts => $$"""{"type":"identify","userId":"u-1","traits":{{InText(facts)}}}"""),
        new("context.traits", "traits", false, "", facts => $$$"""{"type":"identify","userId":"u-1","traits":{},"context":{"traits":{{{facts}}}}}"""),
        new("$user_props in traits", "traits", true, "", facts => $$$"""{"type":"identify","userId":"u-1","traits":{"$user_props":{{{facts}}}}}"""),
        new("$user_props of the HTTP API", "traits", true, "", facts => $$$"""{"event":"$identify","properties":{"distinct_id":"u-1","$user_props":{{{facts}}}}}"""),
        new("$user_props as text", "traits", true, "", facts => $$$"""{"event":"$identify","properties":{"distinct_id":"u-1","$user_props":{{{InText(facts)}}}}}"""),
        new("beside $user_props", "traits", true, "", facts => $$$"""{"event":"$identify","properties":{{{With(facts, "\"$user_props\":{},\"distinct_id\":\"u-1\"")}}}}"""),
        new("properties of a track", "properties", false, "data", facts => $$"""{"type":"track","event":"x","userId":"u-1","properties":{{facts}}}"""),
        new("properties as text", "properties", false, "data", facts => $$"""{"type":"track","event":"x","userId":"u-1","properties":{{InText(facts)}}}"""),
        new("properties of the HTTP API", "properties", true, "data", facts => $$"""{"event":"x","properties":{{With(facts, "\"distinct_id\":\"u-1\"")}}}"""),
        new("properties of a page", "properties", false, "data", facts => $$"""{"type":"page","name":"Home","userId":"u-1","properties":{{facts}}}"""),
        new("properties of a screen", "properties", false, "data", facts => $$"""{"type":"screen","name":"Home","userId":"u-1","properties":{{facts}}}"""),
        new("traits of a group", "traits", false, "attributes", facts => $$"""{"type":"group","groupId":"g-1","userId":"u-1","traits":{{facts}}}"""),
        new("properties of a group", "traits", false, "attributes", facts => $$"""{"type":"group","groupId":"g-1","userId":"u-1","properties":{{facts}}}"""),
        new("a group of the HTTP API", "traits", true, "attributes", facts => $$"""{"event":"$group","properties":{{With(facts, "\"distinct_id\":\"u-1\",\"$group_id\":\"g-1\"")}}}"""),
    ];

    private static readonly DestinationSettings[] SomeSettings =
    [
        new(),
        new()
        {
            Mapping = new MappingSettings { PersonIdentifier = PersonIdentifierChoice.Id },
            Limits = new LimitSettings { AttributeName = OverLimit.Trim, AttributeValue = OverValueLimit.Trim, AttributeCount = OverLimit.Trim, PageName = OverLimit.Trim, EventName = OverLimit.Trim },
        },
        new() { Limits = new LimitSettings { AttributeValue = OverValueLimit.Cut } },
    ];

    // The names privacy mode lets through.
    private static readonly string[] Allowed = ["email", "plan", "total", "url", "a.b", "ü", "created_at", "userId"];

    private static readonly string AllowedJson = JsonSerializer.Serialize(Allowed);

    private static readonly DestinationRules Private =
        RuleTexts.Valid($$"""{ "privacy": { "allow": { "events": { "*": {{AllowedJson}} }, "traits": {{AllowedJson}} } } }""");

    [Fact]
    public void Every_value_comes_out_in_both_forms_or_is_named() =>
        Gen.Select(SomeFacts.Some, Gen.Int[0, Places.Length - 1], Gen.Int[0, SomeSettings.Length - 1]).Holds((facts, at, choice) =>
        {
            Place place = Places[at];
            DestinationSettings settings = SomeSettings[choice];
            PreviewItem item = Preview(place.Item(SomeFacts.ToJson(facts)), settings, DestinationRules.None);

            if (HasItsEnd(item))
            {
                foreach ((string name, GivenValue value) in facts.Where(fact => !IsSilent(fact.Name, fact.Value, place, facts)))
                {
                    ShouldComeOut(name, value, place, item, settings);
                }
            }
        }, times: 4_000);

    [Fact]
    public void In_privacy_mode_what_is_allowed_comes_out_and_nothing_else_does() =>
        Gen.Select(SomeFacts.Some, Gen.Int[0, Places.Length - 1]).Holds((facts, at) =>
        {
            Place place = Places[at];
            PreviewItem item = Preview(place.Item(SomeFacts.ToJson(facts)), new DestinationSettings(), Private);

            if (!HasItsEnd(item))
            {
                return;
            }

            foreach ((string name, GivenValue value) in facts.Where(fact => !IsSilent(fact.Name, fact.Value, place, facts)))
            {
                if (Allowed.Contains(name) || IsSubscription(name) || name is "_update" or "_timestamp")
                {
                    ShouldComeOut(name, value, place, item, new DestinationSettings());
                }
                else
                {
                    bool isOwn = name is "id" or "_update" or "anonymous_id" or "_timestamp" || (place.Container.Length == 0 && name == "createdAt");
                    (isOwn || !Find(Body(item, place), name, out _)).ShouldBeTrue($"{name} in {Show(item)}");
                    Named(item, place, name, WarningCode.PrivacyDropped).ShouldBeTrue($"{name} of {place.Name} is not told: {Show(item)}");
                }
            }
        }, times: 2_000);

    [Fact]
    public void Whatever_is_accepted_has_one_end_with_its_reason() =>
        SomeJson.Events.Holds(value =>
        {
            foreach (DestinationSettings settings in SomeSettings)
            {
                HasItsEnd(Preview(value, settings, DestinationRules.None));
                HasItsEnd(Preview(value, settings, Private));
            }
        }, times: 2_000);

    [Theory]
    [InlineData("""{"type":"track","event":"x\ud800","userId":"u"}""", "event: a lone surrogate was replaced by U+FFFD")]
    [InlineData("""{"type":"screen","name":"x\ud800","userId":"u"}""", "name: a lone surrogate was replaced by U+FFFD")]
    [InlineData("""{"type":"page","name":"x\ud800","userId":"u"}""", "name: a lone surrogate was replaced by U+FFFD")]
    [InlineData("""{"type":"track","event":"x","userId":"u","properties":{"a\ud800":1}}""", "event: a name in it holds a lone surrogate, which was replaced by U+FFFD")]
    [InlineData("""{"type":"track","event":"x","userId":"u","properties":"{\"a\\ud800\":1}"}""", "event: a name in it holds a lone surrogate, which was replaced by U+FFFD")]
    [InlineData("""{"type":"identify","userId":"u","traits":{"plan":{"a":{"\udfff":1}}}}""", "event: a name in it holds a lone surrogate, which was replaced by U+FFFD")]
    [InlineData("""{"type":"identify","userId":"u","traits":{"cio_subscription_preferences":{"x":"\ud800"}}}""", "traits.cio_subscription_preferences: a lone surrogate was replaced by U+FFFD")]
    [InlineData("""{"type":"identify","userId":"u","traits":{"cio_relationships":[{"x":"\ud800"}]}}""", "traits.cio_relationships: a lone surrogate was replaced by U+FFFD")]
    public void Half_a_character_is_told_wherever_it_stood(string item, string told) =>
        Told(Preview(item, new DestinationSettings(), DestinationRules.None)).ShouldContain(told);

    [Theory]
    [InlineData("""{"a\ud83d\ude00":"\ud83d\ude00","\u0041":"\\ud800"}""")]
    [InlineData("""{"\ufffd":"\ufffd"}""")]
    public void Whole_characters_and_what_only_looks_like_half_ones_are_not_told(string properties) =>
        Preview($$"""{"type":"track","event":"x","userId":"u","properties":{{properties}}}""", new DestinationSettings(), DestinationRules.None).Warnings.ShouldBeEmpty();

    // Whether it is delivered; whatever becomes of it, there is a reason.
    private static bool HasItsEnd(PreviewItem item)
    {
        switch (item.Outcome)
        {
            case "deliver":
                item.Requests.ShouldNotBeEmpty();
                item.Problems.ShouldBeEmpty();
                item.Reason.ShouldBeNull();
                return true;
            case "skip":
                item.Requests.ShouldBeEmpty();
                Enum.GetValues<SkipReason>().Select(reason => reason.ToCode()).ShouldContain(item.Reason);
                return false;
            default:
                item.Outcome.ShouldBe("reject");
                item.Requests.ShouldBeEmpty();
                item.Problems.ShouldNotBeEmpty();
                item.Problems.ShouldAllBe(problem => problem.Message.Length > 0);
                return false;
        }
    }

    private static void ShouldComeOut(string name, GivenValue value, Place place, PreviewItem item, DestinationSettings settings)
    {
        string why = $"{name} {value.Given} of {place.Name}: {Show(item)}";
        if (place.Container.Length == 0 && name is "objectId" or "objectTypeId" or "relationshipAttributes" && Find(Body(item, place), "cio_relationships", out _))
        {
            return;
        }

        if (name == "cio_subscription_preferences" && Body(item, place).EnumerateObject().Any(member => member.Name.StartsWith(name + ".", StringComparison.Ordinal)))
        {
            return;
        }

        if (!Find(Body(item, place), Sent(name, place), out JsonElement sent))
        {
            Named(item, place, name).ShouldBeTrue(why);
            return;
        }

        bool isCut = settings.Limits.AttributeValue == OverValueLimit.Cut && Named(item, place, name, WarningCode.AttributeCut);
        if (!HasItsOwnForm(name, place))
        {
            (isCut || IsSame(value, sent)).ShouldBeTrue(why);
            (!value.IsHalf || isCut || Named(item, place, name, WarningCode.SurrogateReplaced)).ShouldBeTrue($"half a character is not told: {why}");
        }

        foreach (ReadOnlyMemory<byte> batchItem in item.BatchItems)
        {
            Find(JsonElement.Parse(batchItem.Span, Deep), "attributes", out JsonElement facts);
            bool isInside = name is not ("_timestamp" or "cio_relationships");
            if (isInside)
            {
                Find(facts, Sent(name, place), out JsonElement inBatch).ShouldBeTrue($"not in the item of a batch: {why}");
                JsonElement.DeepEquals(inBatch, sent).ShouldBeTrue($"otherwise in the item of a batch: {why}");
            }
        }
    }

    // What is left out without a word because it is documented to be no fact, or because nothing says nothing.
    private static bool IsSilent(string name, GivenValue value, Place place, (string Name, GivenValue Value)[] facts)
    {
        bool isPerson = place.Container.Length == 0;
        bool isBuiltIn = name.StartsWith('$') || name == "idfa";
        bool isHttpApi = place.IsHttpApi || (isPerson && facts.Any(fact => fact.Name == "distinct_id"));
        bool isHttpApiOwn = isHttpApi && name is "token" or "time" or "distinct_id" or "anonymous_id";
        bool isInstruction = place.Container == "attributes" && name is "objectTypeId" or "relationshipAttributes" or "action";
        bool saysNothing = value.Given == "null" && isPerson
            && name is "email" or "id" or "unsubscribed" or "created_at" or "createdAt" or "_update" or "_timestamp" or "anonymous_id" or "cio_relationships" or "cio_subscription_preferences.topics.topic_1"
                or "objectId" or "objectTypeId" or "relationshipAttributes";
        bool saysNothingOfAnObject = value.Given == "null" && place.Container == "attributes" && name is "created_at" or "createdAt";
        bool isBlankIdentifier = isPerson && name is "id" or "anonymous_id" or "objectId" && IsBlankText(value);
        return isBlankIdentifier || isBuiltIn || isHttpApiOwn || isInstruction || saysNothing || saysNothingOfAnObject;
    }

    private static bool IsBlankText(GivenValue value) =>
        !value.IsHalf && JsonElement.Parse(value.Given, Deep) is { ValueKind: JsonValueKind.String } text && Utf8Text.Of(text.GetString()!).IsBlank;

    private static bool IsSubscription(string name) => name.StartsWith("cio_subscription_preferences", StringComparison.Ordinal) || name == "unsubscribed";

    // Names with a meaning of their own at Customer.io, whose value is converted.
    private static bool HasItsOwnForm(string name, Place place) => place.Container switch
    {
        "data" => name == "url",
        "attributes" => name is "created_at" or "createdAt",
        _ => name is "email" or "id" or "created_at" or "createdAt" or "_update" or "_timestamp" or "anonymous_id" or "cio_relationships" || IsSubscription(name),
    };

    private static string Sent(string name, Place place) => place.Container != "data" && name == "createdAt" ? "created_at" : name;

    private static bool Named(PreviewItem item, Place place, string name, WarningCode? code = null)
    {
        string field = FieldName.Of(place.Set, Utf8Text.Of(name));
        return item.Warnings.Any(warning => (code is null || warning.Kind == code)
            && (warning.Field == field || warning.Kind is WarningCode.PropertiesUnreadable or WarningCode.TraitsUnreadable || warning.Message.Contains(field, StringComparison.Ordinal)
                || (warning.Kind == WarningCode.NameBlank && Utf8Text.Of(name).IsBlank)
                || (name is "objectTypeId" or "relationshipAttributes" && warning.Field is "traits.objectId" or "traits.relationshipAttributes" or "traits.objectTypeId")
                || (name == "createdAt" && warning.Field == $"{place.Set}.created_at")
                || (name == "cio_subscription_preferences" && warning.Field.StartsWith(field, StringComparison.Ordinal))));
    }

    private static bool IsSame(GivenValue given, JsonElement sent)
    {
        bool isNumber = sent.ValueKind == JsonValueKind.Number;
        return JsonElement.DeepEquals(JsonElement.Parse(given.Sent, Deep), sent) && (!isNumber || sent.GetRawText() == given.Given);
    }

    private static bool Find(JsonElement container, string name, out JsonElement value)
    {
        value = default;
        return container.ValueKind == JsonValueKind.Object && container.TryGetProperty(name, out value);
    }

    private static JsonElement Body(PreviewItem item, Place place)
    {
        JsonElement body = JsonElement.Parse(item.Requests.ShouldHaveSingleItem().Body.Span, Deep);
        return place.Container.Length == 0 ? body : Find(body, place.Container, out JsonElement inside) ? inside : default;
    }

    private static string Show(PreviewItem item) =>
        $"{string.Join(' ', item.Requests.Select(request => Encoding.UTF8.GetString(request.Body.Span)))} | {string.Join("; ", Told(item))}";

    private static IEnumerable<string> Told(PreviewItem item) => item.Warnings.Select(warning => $"{warning.Field}: {warning.Message}");

    private static string InText(string facts) => SomeJson.Quote(facts);

    private static string With(string facts, string more) => facts == "{}" ? $"{{{more}}}" : $"{{{more},{facts[1..]}";

    private static PreviewItem Preview(string item, DestinationSettings settings, DestinationRules rules) => new EventPreview(
        settings,
        new EnvelopeMapper(settings.Mapping, settings.Limits, RulesSource.Of(rules)),
        new SteadyClock(new FakeTimeProvider(Some.Now)),
        new Random(1)).Preview(Encoding.UTF8.GetBytes(item), new IngestRequest(null, true, null)).ShouldBeOfType<PreviewResult.Items>().Values.ShouldHaveSingleItem();

    /// <summary>A place for facts.</summary>
    /// <param name="Name">What it is called when a test fails.</param>
    /// <param name="Set">What its fields are called in messages.</param>
    /// <param name="IsHttpApi">Whether the HTTP API's own names are no facts there.</param>
    /// <param name="Container">Where they come out in the body; empty for the body itself.</param>
    /// <param name="Item">The event with the facts in that place.</param>
    private sealed record Place(string Name, string Set, bool IsHttpApi, string Container, Func<string, string> Item);
}
