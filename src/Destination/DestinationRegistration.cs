using CustomerIoDestination.Delivery;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination;

/// <summary>Wiring of everything that decides. A host adds a queue (<c>AddSqliteQueue</c>, <c>AddServiceBusQueue</c>) and the HTTP side to it.</summary>
public static class DestinationRegistration
{
    /// <summary>
    /// Registers ingest, mapping, preview, delivery and forgetting. Needs <see cref="IEventQueue"/>, <see cref="IDeadLetterStore"/>, <see cref="IDeliveryLog"/> and
    /// <see cref="IPersonStore"/> of a queue.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="settings">The settings, read and found good.</param>
    /// <param name="rules">The rules, opened and found good.</param>
    /// <param name="workspace">The workspace to deliver to, where it is not the configured one (the local host's sandbox); null for that.</param>
    public static IServiceCollection AddCustomerIoDestination(
        this IServiceCollection services,
        DestinationSettings settings,
        RulesSource rules,
        CustomerIoSettings? workspace = null)
    {
        services.AddSingleton(rules);
        services.AddSingleton(settings);
        services.AddSingleton(workspace ?? settings.CustomerIo);
        services.AddSingleton(settings.Delivery);
        services.AddSingleton(settings.Mapping);
        services.AddSingleton(settings.Limits);
        services.AddSingleton(settings.Queue);
        services.AddSingleton(settings.ServiceBus);
        services.AddSingleton(settings.DeadLetters);
        services.AddHostedService<SettingWarnings>();
        services.AddSingleton<EnvelopeMapper>();
        services.AddSingleton<EventIngester>();
        services.AddSingleton<EventPreview>();
        services.AddSingleton(provider => new PersonForgetting(
            provider.GetRequiredService<PersonMemory>(),
            provider.GetRequiredService<IEventQueue>(),
            provider.GetRequiredService<IDeadLetterStore>(),
            (request, token) => provider.GetRequiredService<TrackApiClient>().SendAsync(request, Lane.Live, token),
            settings,
            provider.GetRequiredService<EventCounters>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PersonForgetting>>()));
        return services.AddCustomerIoDelivery();
    }
}
