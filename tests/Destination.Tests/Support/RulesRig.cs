using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Support;

/// <summary>Runs events through rules the way ingest and delivery do.</summary>
internal static class RulesRig
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What becomes of an item under rules.</summary>
    public static PreviewItem Preview(string rules, string item, DestinationSettings? settings = null)
    {
        DestinationSettings used = settings ?? new DestinationSettings();
        DestinationRules loaded = RuleTexts.Valid(rules, used.Rules.HashSecret);
        var preview = new EventPreview(
            used,
            new EnvelopeMapper(used.Mapping, used.Limits, RulesSource.Of(loaded)),
            new SteadyClock(new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero))),
            new Random(1));
        return preview.Preview(Encoding.UTF8.GetBytes(item), new IngestRequest(null, true, null)).ShouldBeOfType<PreviewResult.Items>().Values.ShouldHaveSingleItem();
    }

    /// <summary>The body of the one request that an item becomes.</summary>
    public static JsonObject Body(string rules, string item, DestinationSettings? settings = null) =>
        JsonNode.Parse(Preview(rules, item, settings).Requests.ShouldHaveSingleItem().Body.Span)!.AsObject();

    /// <summary>The data of a track with these properties after these transformations (the list's content).</summary>
    public static string Data(string transformations, string properties, DestinationSettings? settings = null) =>
        Body($$"""{"transformations": [{{transformations}}]}""", $$"""{"type": "track", "event": "Purchase", "userId": "u1", "properties": {{properties}}}""", settings)["data"]!.ToJsonString(Compact);

    /// <summary>The attributes of an identify with these traits after these transformations, without time and device.</summary>
    public static string Attributes(string transformations, string traits, DestinationSettings? settings = null)
    {
        JsonObject body = Body($$"""{"transformations": [{{transformations}}]}""", $$"""{"type": "identify", "userId": "u1", "traits": {{traits}}}""", settings);
        body.Remove("_timestamp");
        return body.ToJsonString(Compact);
    }
}
