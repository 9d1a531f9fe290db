using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CustomerIoDestination.AzureServices.Telemetry;
using CustomerIoDestination.Infra.Support;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CustomerIoDestination.Infra;

public sealed partial class TelemetryTests
{
    private static readonly Dictionary<string, string[]> Logged = new(StringComparer.Ordinal)
    {
        ["/Microsoft.ServiceBus/namespaces/"] = ["allLogs"],
        ["/Microsoft.Web/sites/"] = ["FunctionAppLogs"],
        ["/Microsoft.KeyVault/vaults/"] = ["audit"],
        ["/tableServices/"] = ["StorageRead", "StorageWrite", "StorageDelete"],
    };

    [Fact]
    public async Task Every_metric_the_alerts_look_for_is_one_the_app_has()
    {
        string[] wanted = [.. MetricName().Matches(Repository.Text("infra/modules/telemetry.bicep")).Select(match => match.Groups[1].Value)];

        wanted.Length.ShouldBe(10);
        wanted.ShouldBeSubsetOf(await InstrumentsAsync());
    }

    [Fact]
    public void The_workbook_shows_how_long_events_take_in_each_lane_beside_how_long_calls_take()
    {
        string workbook = Snapshot.Text(Snapshot.Of("prod").One("Microsoft.Insights/workbooks")["properties"]!["serializedData"]);
        string[] queries = workbook.Split("'query', '");

        queries.ShouldContain(query => query.Contains("\"destination.delivery.latency\"", StringComparison.Ordinal)
            && query.Contains("percentilesw(", StringComparison.Ordinal) && query.Contains("Properties.lane", StringComparison.Ordinal));
        queries.ShouldContain(query => query.Contains("\"destination.calls\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dev", 30, 1)]
    [InlineData("prod", 90, -1)]
    [InlineData("private", 90, -1)]
    public void Telemetry_is_kept_as_long_as_the_profile_says_and_in_production_never_cut_off(string environment, int days, int gigabytesADay)
    {
        JsonNode workspace = Snapshot.Of(environment).One("Microsoft.OperationalInsights/workspaces")["properties"]!;

        workspace["retentionInDays"]!.GetValue<int>().ShouldBe(days);
        workspace["workspaceCapping"]!["dailyQuotaGb"]!.GetValue<int>().ShouldBe(gigabytesADay);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    [InlineData("private")]
    public void Broker_app_vault_and_tables_log_to_the_workspace(string environment)
    {
        Snapshot snapshot = Snapshot.Of(environment);
        foreach ((string owner, string[] logs) in Logged)
        {
            JsonNode setting = snapshot.All("Microsoft.Insights/diagnosticSettings").Single(candidate => Snapshot.Text(candidate["id"]).Contains(owner, StringComparison.Ordinal))["properties"]!;
            Snapshot.Text(setting["workspaceId"]).ShouldContain("outputs.workspaceId");
            setting["logs"]!.AsArray().Where(log => log!["enabled"]!.GetValue<bool>()).Select(log => Snapshot.Text(log!["category"] ?? log["categoryGroup"])).ShouldBe(logs, ignoreOrder: true);
        }

        snapshot.All("Microsoft.Insights/diagnosticSettings").Count.ShouldBe(Logged.Count);
    }

    private static async Task<HashSet<string>> InstrumentsAsync()
    {
        HashSet<string> names = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) => names.Add(instrument.Name);
        listener.Start();
        await using ServiceProvider services = new ServiceCollection().AddMetrics().AddSingleton<DestinationMetrics>().AddHostedService<ProcessHeartbeat>().BuildServiceProvider();
        services.GetRequiredService<DestinationMetrics>();
        await services.GetRequiredService<IHostedService>().StartAsync(CancellationToken.None);
        return names;
    }

    [GeneratedRegex(@"^var \w+ = '(destination\.[^']+)'", RegexOptions.Multiline, 1000)]
    private static partial Regex MetricName();
}
