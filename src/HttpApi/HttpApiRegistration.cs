using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Bodies;
using CustomerIoDestination.HttpApi.Endpoints;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules.Reading;
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
        services.TryAddSingleton(provider =>
            new BrowserRate(provider.GetRequiredService<DestinationSettings>().Ingest.BrowserRate, provider.GetRequiredService<DestinationMetrics>()));
        services.TryAddSingleton(provider =>
        {
            DestinationSettings settings = provider.GetRequiredService<DestinationSettings>();
            return new DestinationApi(
                new RequestGate(settings, keyless, provider.GetRequiredService<TimeProvider>()),
                new DestinationPorts(
                    provider.GetRequiredService<EventIngester>(),
                    provider.GetRequiredService<EventPreview>(),
                    provider.GetRequiredService<IEventQueue>(),
                    provider.GetRequiredService<IDeadLetterStore>(),
                    provider.GetRequiredService<IDeliveryLog>(),
                    provider.GetRequiredService<IDestinationControl>(),
                    provider.GetRequiredService<PersonForgetting>(),
                    provider.GetRequiredService<RulesSource>(),
                    settings,
                    deliversToSandbox,
                    provider.GetRequiredService<TimeProvider>(),
                    new RequestBody(new BodyBudget(), provider.GetRequiredService<TimeProvider>()),
                    new CallerAddress(settings.Ingest.TrustedProxies, behindPlatform),
                    settings.Ingest.WriteKeys.Count > 0 ? provider.GetRequiredService<BrowserRate>() : null),
                provider.GetRequiredService<ILogger<DestinationApi>>());
        });
        return services;
    }
}
