using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Bodies;
using CustomerIoDestination.HttpApi.Endpoints;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.HttpApi;

/// <summary>Registers the HTTP side.</summary>
public static class HttpApiRegistration
{
    /// <summary>
    /// Adds <see cref="DestinationApi"/>. Needs in the container: <see cref="DestinationSettings"/>, <see cref="EventIngester"/>, <see cref="EventPreview"/>,
    /// <see cref="IEventQueue"/>, <see cref="IDeadLetterStore"/>, <see cref="IDeliveryLog"/>, <see cref="IDestinationControl"/>,
    /// <see cref="PersonForgetting"/>, <see cref="DestinationMetrics"/>.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="keyless">What a route whose keys are not configured answers.</param>
    /// <param name="deliversToSandbox">Whether events go to a sandbox instead of Customer.io, which the status then tells.</param>
    /// <param name="behindPlatform">Whether a platform's front end, which calls from this machine, tells where requests come from.</param>
    public static IServiceCollection AddDestinationHttpApi(
        this IServiceCollection services, KeylessPolicy keyless, bool deliversToSandbox = false, bool behindPlatform = false)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new HostTraits(keyless, deliversToSandbox, behindPlatform));
        services.TryAddSingleton(provider =>
            new BrowserRate(provider.GetRequiredService<DestinationSettings>().Ingest.BrowserRate, provider.GetRequiredService<DestinationMetrics>()));
        // Without write keys nobody asks for it, and none is made.
        services.AddSingleton(provider => new Lazy<BrowserRate>(provider.GetRequiredService<BrowserRate>));
        services.AddSingleton<RequestGate>();
        services.AddSingleton<CallerAddress>();
        services.AddSingleton<BodyBudget>();
        services.AddSingleton<RequestBody>();
        services.AddSingleton<DestinationPorts>();
        services.TryAddSingleton(provider => new DestinationApi(
            provider.GetRequiredService<RequestGate>(), provider.GetRequiredService<DestinationPorts>(), provider.GetRequiredService<ILogger<DestinationApi>>()));
        return services;
    }
}
