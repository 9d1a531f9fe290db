using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Support;

/// <summary>
/// A golden case: <c>{"name", "given", "browser"?, "settings"?, "rules"?, "receivedAt"?, "lane"?, "lifecycleKey"?, "asOfNow"?, "expect"}</c>. <c>given</c> is one item of a request; <c>settings</c> are settings by
/// their names; <c>rules</c> are as in <c>destination.json</c>; <c>lane</c>, <c>asOfNow</c>,
/// <c>lifecycleKey</c> (false: the request has none) and <c>browser</c> (true: it shows a write key) are what the headers say; <c>expect</c> is <c>{"requests": […], "batchItems"?: […]}</c>, <c>{"skipped": reason, "rule"?}</c>,
/// <c>{"invalid": [{"code", "field", "limit"?, "actual"?, "message"}]}</c> or <c>{"rejected": code, "message"}</c>, each but the last with <c>"warnings": [codes]</c> and
/// <c>"told": ["field: message"]</c> where there are any: what users read is compared by the letter. A request's event id is compared too.
/// </summary>
internal sealed record GoldenCase(string Name, JsonNode Given, DestinationSettings Settings, DestinationRules Rules, DateTimeOffset ReceivedAt, IngestRequest Request, JsonNode Expected)
{
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Cases");
    private static readonly DateTimeOffset DefaultReceivedAt = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    public static GoldenCase Load(string name)
    {
        JsonObject file = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")))!.AsObject();
        DestinationSettings settings = SettingsOf(file["settings"]?.AsObject());
        return new GoldenCase(
            name,
            file["given"]!,
            settings,
            file["rules"] is { } rules ? RuleTexts.Valid(rules.ToJsonString(), settings.Rules.HashSecret) : DestinationRules.None,
            file["receivedAt"] is { } receivedAt ? DateTimeOffset.Parse(receivedAt.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture) : DefaultReceivedAt,
            new IngestRequest(file["lane"]?.GetValue<string>() == "import" ? Lane.Import : null, file["lifecycleKey"]?.GetValue<bool>() ?? true, null)
            {
                FromBrowser = file["browser"]?.GetValue<bool>() ?? false,
                AsOfNow = file["asOfNow"]?.GetValue<bool>() ?? false,
            },
            file["expect"]!);
    }

    /// <summary>Maps what is given, and puts the outcome into the form of <c>expect</c>, with only the parts that the expectation names.</summary>
    public JsonNode Run()
    {
        var preview = new EventPreview(Settings, new EnvelopeMapper(Settings.Mapping, Settings.Limits, RulesSource.Of(Rules)), new SteadyClock(new FakeTimeProvider(ReceivedAt)), new Random(1));
        byte[] body = Encoding.UTF8.GetBytes(Given.ToJsonString(Compact));
        PreviewItem item = preview.Preview(body, Request).ShouldBeOfType<PreviewResult.Items>().Values.ShouldHaveSingleItem();
        return Describe(item, Expected.AsObject());
    }

    private static JsonObject Describe(PreviewItem item, JsonObject expected)
    {
        JsonObject outcome = DescribeOutcome(item, expected);
        if (item.EventId is not null && (expected.ContainsKey("warnings") || item.Warnings.Count > 0))
        {
            outcome["warnings"] = new JsonArray([.. item.Warnings.Select(warning => (JsonNode)warning.Code)]);
            outcome["told"] = new JsonArray([.. item.Warnings.Select(warning => (JsonNode)$"{warning.Field}: {warning.Message}")]);
        }

        return outcome;
    }

    private static JsonObject DescribeOutcome(PreviewItem item, JsonObject expected)
    {
        switch (item)
        {
            case { Outcome: "skip" }:
                var skipped = new JsonObject { ["skipped"] = item.Reason };
                if (item.Rule is not null || expected.ContainsKey("rule"))
                {
                    skipped["rule"] = item.Rule;
                }

                return skipped;
            case { Outcome: "reject", EventId: null }:
                return new JsonObject { ["rejected"] = item.Reason, ["message"] = item.Problems[0].Message };
            case { Outcome: "reject" }:
                return new JsonObject { ["invalid"] = new JsonArray([.. item.Problems.Select(Describe)]) };
            default:
                var delivered = new JsonObject { ["requests"] = new JsonArray([.. item.Requests.Select(Describe)]) };
                if (expected.ContainsKey("batchItems"))
                {
                    delivered["batchItems"] = new JsonArray([.. item.BatchItems.Select(batchItem => JsonNode.Parse(batchItem.Span))]);
                }

                return delivered;
        }
    }

    private static JsonObject Describe(PreviewRequest request) => new()
    {
        ["method"] = request.Method,
        ["path"] = request.Path,
        ["body"] = request.Body.IsEmpty ? null : JsonNode.Parse(request.Body.Span),
    };

    private static JsonObject Describe(PreviewProblem problem)
    {
        var node = new JsonObject { ["code"] = problem.Code, ["field"] = problem.Field };
        if (problem.Limit is { } limit)
        {
            node["limit"] = limit;
            node["actual"] = problem.Actual;
        }

        node["message"] = problem.Message;
        return node;
    }

    private static DestinationSettings SettingsOf(JsonObject? settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection((settings ?? []).Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value!.ToString())))
            .Build();
        return SettingsReader.Read(configuration).ShouldBeOfType<Checked<DestinationSettings>.Valid>().Value;
    }
}
