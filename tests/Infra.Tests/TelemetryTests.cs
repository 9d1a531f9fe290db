using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using CustomerIoDestination.AzureServices.Control;
using CustomerIoDestination.Infra.Support;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.Infra;

public sealed partial class TelemetryTests
{
    [Fact]
    public void Every_metric_the_alerts_look_for_is_one_the_app_has()
    {
        string[] wanted = [.. MetricName().Matches(Repository.Text("infra/modules/telemetry.bicep")).Select(match => match.Groups[1].Value)];

        wanted.Length.ShouldBe(6);
        wanted.ShouldBeSubsetOf(Instruments());
    }

    private static HashSet<string> Instruments()
    {
        HashSet<string> names = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) => names.Add(instrument.Name);
        listener.Start();
        using ServiceProvider services = new ServiceCollection().AddMetrics().AddSingleton<DestinationMetrics>().AddSingleton<QueueMetrics>().BuildServiceProvider();
        services.GetRequiredService<DestinationMetrics>();
        services.GetRequiredService<QueueMetrics>();
        return names;
    }

    [GeneratedRegex(@"^var \w+ = '(destination\.[^']+)'", RegexOptions.Multiline, 1000)]
    private static partial Regex MetricName();
}
