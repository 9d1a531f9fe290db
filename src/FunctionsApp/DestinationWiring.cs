using CustomerIoDestination.AzureServices;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.Telemetry;
using CustomerIoDestination.HttpApi;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.FunctionsApp;

/// <summary>Wires the destination into the Functions worker.</summary>
internal static class DestinationWiring
{
    /// <summary>Adds everything the functions need.</summary>
    /// <exception cref="InvalidOperationException">A setting or a rule is wrong.</exception>
    public static FunctionsApplicationBuilder AddDestination(this FunctionsApplicationBuilder builder)
    {
        DestinationSettings settings = AzureSettings.Read(builder.Configuration);
        builder.Services
            .AddServiceBusQueue()
            .AddTableDeliveryLog(settings.DeliveryLog)
            .AddLeasedRateShare(settings.RateShare)
            .AddVaultCredentials(settings.CustomerIo)
            .AddCustomerIoDestination(settings, AzureSettings.OpenRules(settings))
            .AddQueueWatch()
            .AddDestinationHttpApi(KeylessPolicy.Refuse, behindPlatform: true)
            .AddHostedService<RulesFileWatch>();
        builder.Services.AddOpenTelemetry().UseFunctionsWorkerDefaults().AddDestinationTelemetry(settings.Telemetry, builder.Configuration);
        builder.Logging.WithoutTraffic();
        return builder;
    }
}
