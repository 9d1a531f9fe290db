using System.Diagnostics;
using Azure.Monitor.OpenTelemetry.Exporter;
using CustomerIoDestination.AzureServices.Telemetry;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace CustomerIoDestination.AzureServices.Tests.Telemetry;

/// <summary>The whole wiring, as in Azure; what it sends goes nowhere.</summary>
public sealed class TelemetryRegistrationTests : IDisposable
{
    private const int Spans = 1_000;

    private readonly ServiceProvider _services;

    public TelemetryRegistrationTests()
    {
        ServiceCollection services = new();
        services.AddOpenTelemetry().AddDestinationTelemetry(new TelemetrySettings { SuccessSampling = 0 }, new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("APPLICATIONINSIGHTS_CONNECTION_STRING", "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=http://127.0.0.1:9/"),
        ]).Build());
        _services = services.BuildServiceProvider();
        _services.GetRequiredService<TracerProvider>();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(ActivityTraceFlags.Recorded)]
    [InlineData(ActivityTraceFlags.None)]
    public void Every_failed_span_is_recorded_however_many_there_are_and_whatever_became_of_its_parent(ActivityTraceFlags? parent)
    {
        Recorded(parent, ActivityStatusCode.Error).ShouldBe(Spans);
        Recorded(parent, ActivityStatusCode.Ok).ShouldBe(0);
    }

    [Fact]
    public void The_exporter_leaves_out_no_log_because_of_its_trace()
    {
        AzureMonitorExporterOptions options = _services.GetRequiredService<IOptionsMonitor<AzureMonitorExporterOptions>>().CurrentValue;

        (options.TracesPerSecond, options.SamplingRatio, options.EnableTraceBasedLogsSampler).ShouldBe((null, 1, false));
    }

    public void Dispose() => _services.Dispose();

    private static int Recorded(ActivityTraceFlags? parent, ActivityStatusCode status)
    {
        using ActivitySource source = new(DestinationTracing.Name);
        int recorded = 0;
        for (int number = 0; number < Spans; number++)
        {
            ActivityContext context = parent is { } flags ? new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags, isRemote: true) : default;
            using Activity? span = source.StartActivity("deliver track", ActivityKind.Consumer, context);
            span?.SetStatus(status);
            span?.Stop();
            recorded += span is { Recorded: true } ? 1 : 0;
        }

        return recorded;
    }
}
