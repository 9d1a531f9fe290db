using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CustomerIoDestination.AzureServices;
using CustomerIoDestination.AzureServices.Telemetry;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Infra.Support;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;

namespace CustomerIoDestination.Infra;

/// <summary>
/// Each condition of an alert is made to happen, the product's own wiring sends what it has to tell to a stand-in for Application Insights, and the names and
/// columns the alert's query asks for are looked for in what arrived. A metric's record has <c>name</c>, <c>value</c>, <c>max</c>, <c>count</c> and
/// <c>properties</c>, which the table AppMetrics shows as Name, Sum, Max, ItemCount and Properties.
/// </summary>
public sealed partial class RecordedTelemetryTests : IDisposable
{
    private readonly ConcurrentBag<JsonNode> _records = [];
    private readonly ConcurrentQueue<int> _answers = new([429, 503, 401]);
    private readonly HttpDouble _insights;
    private readonly HttpDouble _customerIo;
    private readonly ServiceProvider _services;

    public RecordedTelemetryTests()
    {
        _insights = new HttpDouble(Record);
        _customerIo = new HttpDouble((_, _) => (_answers.TryDequeue(out int status) ? status : 401, "{}"));
        DestinationSettings settings = new()
        {
            CustomerIo = new CustomerIoSettings { SiteId = "site", ApiKey = new Secret("any-api-key"), TrackApiUrl = _customerIo.Address },
        };
        ServiceCollection services = new();
        services
            .AddSingleton(settings)
            .AddSingleton(settings.CustomerIo)
            .AddSingleton(settings.Delivery)
            .AddSingleton(AzureSettings.OpenRules(settings))
            .AddSingleton(provider => new EnvelopeMapper(settings.Mapping, settings.Limits, provider.GetRequiredService<RulesSource>()))

            // Nothing here asks the tables.
            .AddTableDeliveryLog(new DeliveryLogSettings { ConnectionString = new Secret("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:9/a;") })
            .AddCustomerIoDelivery()
            .AddSingleton<DestinationMetrics>();
        services.AddOpenTelemetry().AddDestinationTelemetry(settings.Telemetry, new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("APPLICATIONINSIGHTS_CONNECTION_STRING", $"InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint={_insights.Address};LiveEndpoint={_insights.Address}"),
        ]).Build());
        _services = services.BuildServiceProvider();
    }

    [Fact]
    public async Task Every_alert_finds_the_names_and_columns_it_asks_for_in_what_the_app_sends()
    {
        MeterProvider meters = _services.GetRequiredService<MeterProvider>();
        foreach (IHostedService heartbeat in _services.GetServices<IHostedService>().Where(service => service is ProcessHeartbeat))
        {
            await heartbeat.StartAsync(CancellationToken.None);
        }

        await MakeItAllHappenAsync();
        meters.ForceFlush().ShouldBeTrue();

        foreach (string query in Directory.EnumerateFiles(Repository.PathOf("infra/queries"), "*.kql").Where(file => !Path.GetFileName(file).StartsWith("workbook-", StringComparison.Ordinal)))
        {
            Finds(Path.GetFileNameWithoutExtension(query), Named(await File.ReadAllTextAsync(query)));
        }
    }

    public void Dispose()
    {
        _services.Dispose();
        _insights.Dispose();
        _customerIo.Dispose();
    }

    private async Task MakeItAllHappenAsync()
    {
        DestinationMetrics metrics = _services.GetRequiredService<DestinationMetrics>();
        DestinationControl control = _services.GetRequiredService<DestinationControl>();
        metrics.Ingested(1, 0, 0);
        metrics.IngestUnavailable("queue_unreachable");
        metrics.Watched();
        metrics.Watched(new QueueStatus(true, new LaneStatus(7, 1, TimeSpan.FromSeconds(1_000)), LaneStatus.Empty, 3));
        metrics.WatchFailed("queue");
        metrics.DeliveryFailed("state");

        // Customer.io answers 429, then 503, then that the key is wrong: the last one pauses.
        while (!_answers.IsEmpty || (await control.GetStatusAsync(CancellationToken.None)).State != DestinationState.Paused)
        {
            await control.CheckAsync(CancellationToken.None);
        }

        metrics.Watched(await control.GetStatusAsync(CancellationToken.None));
    }

    /// <summary>Whether what arrived has each metric by the name the query asks for, with a value it would count, and each property and code it looks at.</summary>
    private void Finds(string alert, string query)
    {
        string[] names = [.. MetricName().Matches(query).SelectMany(match => Quoted().Matches(match.Value)).Select(match => match.Groups[1].Value).Where(name => name.StartsWith("destination.", StringComparison.Ordinal))];
        names.ShouldNotBeEmpty(alert);
        foreach (string name in names)
        {
            JsonNode[] sent = [.. _records.Where(record => (string?)record["metrics"]![0]!["name"] == name)];
            sent.ShouldNotBeEmpty($"{alert}: {name}");
            sent.ShouldContain(record => record["metrics"]![0]!["value"]!.GetValue<double>() > 0, $"{alert}: {name} has a value");
        }

        JsonNode[] asked = [.. _records.Where(record => names.Contains((string?)record["metrics"]![0]!["name"]))];
        foreach (string property in Property().Matches(query).Select(match => match.Groups[1].Value))
        {
            asked.ShouldContain(record => record["properties"]![property] != null, $"{alert}: the property {property}");
        }

        foreach (string code in Code().Matches(query).Select(match => match.Groups[1].Value))
        {
            asked.ShouldContain(record => ((string?)record["properties"]!["code"] ?? "").StartsWith(code, StringComparison.Ordinal), $"{alert}: the code {code}");
        }

    }

    /// <summary>The query with the names that the templates put in.</summary>
    private static string Named(string query)
    {
        Dictionary<string, string> names = Variable().Matches(Repository.Text("infra/modules/telemetry.bicep")).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value, StringComparer.Ordinal);
        return Placeholder().Replace(query, match => names[match.Groups[1].Value]);
    }

    private (int Status, string Body) Record(string path, byte[] body)
    {
        if (!path.EndsWith("/track", StringComparison.Ordinal))
        {
            return (200, "{}");
        }

        using GZipStream packed = new(new MemoryStream(body), CompressionMode.Decompress);
        using StreamReader reader = new(body is [0x1f, 0x8b, ..] ? packed : new MemoryStream(body), Encoding.UTF8);
        string[] lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (JsonNode data in lines.Select(line => JsonNode.Parse(line)!["data"]!).Where(data => (string?)data["baseType"] == "MetricData"))
        {
            _records.Add(data["baseData"]!);
        }

        return (200, $"{{\"itemsReceived\":{lines.Length},\"itemsAccepted\":{lines.Length},\"errors\":[]}}");
    }

    [GeneratedRegex("""Name (?:==|in) (?:"[^"]+"|\([^)]+\))""", RegexOptions.None, 1000)]
    private static partial Regex MetricName();

    [GeneratedRegex("\"([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex("""Properties(?:\.|\[")(\w+)""", RegexOptions.None, 1000)]
    private static partial Regex Property();

    [GeneratedRegex("""Properties\.code\) (?:==|startswith) "([^"]+)""", RegexOptions.None, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"\{(\w+)\}", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^var (\w+) = '([^']+)'", RegexOptions.Multiline, 1000)]
    private static partial Regex Variable();
}
