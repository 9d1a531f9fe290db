using Azure.Monitor.OpenTelemetry.Exporter;
using CustomerIoDestination.AzureServices.Connections;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace CustomerIoDestination.AzureServices.Telemetry;

/// <summary>Wires where metrics, traces and logs go.</summary>
public static class TelemetryRegistration
{
    /// <summary>
    /// Listens to the destination's meter and source, and sends them to Application Insights where <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is set: with
    /// the app's identity where <c>APPLICATIONINSIGHTS_AUTHENTICATION_STRING</c> is set too, as the Functions host does it.
    /// </summary>
    public static IOpenTelemetryBuilder AddDestinationTelemetry(this IOpenTelemetryBuilder telemetry, TelemetrySettings settings, IConfiguration configuration)
    {
        telemetry.WithMetrics(metrics => metrics.AddMeter(DestinationTracing.Name));
        telemetry.WithTracing(tracing => tracing.AddSource(DestinationTracing.Name).AddProcessor(new SuccessSampling(settings.SuccessSampling)));
        if (configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"] is not { Length: > 0 } connectionString)
        {
            return telemetry;
        }

        return telemetry.UseAzureMonitorExporter(exporter =>
        {
            exporter.ConnectionString = connectionString;
            exporter.Credential = configuration["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] is { Length: > 0 } ? AzureConnections.HostIdentity() : null;
        });
    }

    /// <summary>Leaves out what the Functions worker's libraries would log of each request and of each settlement: eight lines a message.</summary>
    public static ILoggingBuilder WithoutTraffic(this ILoggingBuilder logging) => logging
        .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
        .AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
}
