using System.Diagnostics.Metrics;
using Azure.Monitor.OpenTelemetry.Exporter;
using CustomerIoDestination.AzureServices.Connections;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace CustomerIoDestination.AzureServices.Telemetry;

/// <summary>Wires where metrics, traces and logs go.</summary>
public static class TelemetryRegistration
{
    /// <summary>
    /// Listens to the destination's meter and source, and sends them to Application Insights where <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is set: with
    /// the app's identity where <c>APPLICATIONINSIGHTS_AUTHENTICATION_STRING</c> is set too, as the Functions host does it. Every span that failed and every
    /// log is sent; of the other spans <c>Telemetry__SuccessSampling</c>.
    /// </summary>
    public static IOpenTelemetryBuilder AddDestinationTelemetry(this IOpenTelemetryBuilder telemetry, TelemetrySettings settings, IConfiguration configuration)
    {
        telemetry.WithMetrics(metrics => metrics.AddMeter(DestinationTracing.Name));
        telemetry.Services.AddMetrics();
        telemetry.Services.AddHostedService<ProcessHeartbeat>();
        telemetry.WithTracing(tracing => tracing.AddSource(DestinationTracing.Name).AddProcessor(new SuccessSampling(settings.SuccessSampling)));
        if (configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"] is not { Length: > 0 } connectionString)
        {
            return telemetry;
        }

        telemetry.UseAzureMonitorExporter(exporter =>
        {
            // Of its own the exporter keeps five traces a second, failures among them, and only the logs of those it keeps.
            exporter.TracesPerSecond = null;
            exporter.SamplingRatio = 1;
            exporter.EnableTraceBasedLogsSampler = false;
            exporter.ConnectionString = connectionString;
            exporter.Credential = configuration["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] is { Length: > 0 } ? AzureConnections.HostIdentity() : null;
        });

        // The last one holds. Whether a span failed is known at its end, so none is left out at its beginning, whatever the host made of its parent.
        return telemetry.WithTracing(tracing => tracing.SetSampler<AlwaysOnSampler>());
    }

    /// <summary>Leaves out what the Functions worker's libraries would log of each request and of each settlement: eight lines a message.</summary>
    public static ILoggingBuilder WithoutTraffic(this ILoggingBuilder logging) => logging
        .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
        .AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
}

/// <summary>
/// <c>destination.process.alive</c>: 1 each time metrics are collected, by every process and from no timer of the platform's, because those have been seen to
/// stop for ever after a deployment while everything else went on.
/// </summary>
internal sealed class ProcessHeartbeat(IMeterFactory meters) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        meters.Create(DestinationTracing.Name).CreateObservableGauge("destination.process.alive", static () => 1, "{process}");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
