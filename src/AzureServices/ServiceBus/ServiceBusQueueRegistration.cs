using Azure.Core;
using CustomerIoDestination.AzureServices.Control;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.ServiceBus.Sending;
using CustomerIoDestination.AzureServices.Upkeep;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus;

/// <summary>Wires the queue on Azure Service Bus.</summary>
public static class ServiceBusQueueRegistration
{
    /// <summary>
    /// Adds <see cref="IEventQueue"/>, <see cref="IDeadLetterStore"/> and <see cref="ServiceBusMessageHandler"/> over one
    /// connection. Needs <see cref="ServiceBusSettings"/>, <see cref="DeliverySettings"/>, <see cref="DeadLetterSettings"/>, <see cref="DeliveryHandler"/> and an
    /// <see cref="IDeliveryLog"/>, which is not Service Bus's. The connection is made by the first operation; a <see cref="TokenCredential"/> may be
    /// given before, else the host's identity is used. A wrong connection string throws a <see cref="FormatException"/> when the host starts.
    /// </summary>
    public static IServiceCollection AddServiceBusQueue(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
#pragma warning disable RS0030 // Here chance comes in.
        services.TryAddSingleton(Random.Shared);
#pragma warning restore RS0030
        services.AddSingleton(provider => QueueConnection.Open(
            provider.GetRequiredService<ServiceBusSettings>(),
            provider.GetService<TokenCredential>() ?? QueueConnection.HostIdentity()));
        services.AddMetrics();
        services.TryAddSingleton<DestinationMetrics>();
        services.AddSingleton<EventsInHand>();
        services.AddSingleton(provider => new EventSettling(
            provider.GetRequiredService<ServiceBusEventQueue>(), provider.GetRequiredService<IDeliveryLog>(), provider.GetRequiredService<ILogger<EventSettling>>()));
        services.AddQueue();
        services.AddSingleton(provider => new ServiceBusMessageHandler(
            provider.GetRequiredService<DeliveryHandler>().DeliverAsync,
            provider.GetRequiredService<EventSettling>(),
            provider.GetRequiredService<EventsInHand>(),
            provider.GetRequiredService<DeliverySettings>(),
            provider.GetRequiredService<DestinationMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Random>(),
            provider.GetRequiredService<ILogger<ServiceBusMessageHandler>>()));
        return services;
    }

    /// <summary>Adds what takes messages off the queue and hands them to the <see cref="ServiceBusMessageHandler"/>, for a host without a trigger that does.</summary>
    public static IServiceCollection AddServiceBusDelivery(this IServiceCollection services) => services.AddHostedService<ServiceBusDelivery>();

    /// <summary>Adds the hourly removal of dead letters older than their retention, for a host that has no timer of its own for it.</summary>
    public static IServiceCollection AddServiceBusRetention(this IServiceCollection services)
    {
        services.TryAddSingleton<DeadLetterRetention>();
        services.AddSingleton(provider => new UpkeepStep("dead letters", provider.GetRequiredService<DeadLetterRetention>().RunAsync));
        return services.AddHostedService<HourlyUpkeep>();
    }

    private static void AddQueue(this IServiceCollection services)
    {
        services.TryAddSingleton<SteadyClock>();
        services.TryAddSingleton<DeadLetterRetention>();
        services.AddSingleton(provider => new ServiceBusEventQueue(
            provider.GetRequiredService<QueueConnection>(),
            provider.GetRequiredService<EventsInHand>(),
            provider.GetService<InHandElsewhere>() is { } elsewhere ? elsewhere.ReadAsync : static _ => Task.FromResult(default(InHand)),
            token => provider.GetRequiredService<DeadLetterRetention>().ReadPauseAsync(token),
            ServiceBusEventQueue.LookHolds,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ServiceBusEventQueue>>()));
        services.AddSingleton<IEventQueue>(provider => new LoggedEventQueue(
            provider.GetRequiredService<ServiceBusEventQueue>(), provider.GetRequiredService<IDeliveryLog>(), provider.GetRequiredService<EventSettling>()));
        services.AddSingleton(provider => new ServiceBusDeadLetterStore(
            provider.GetRequiredService<QueueConnection>(),
            provider.GetRequiredService<ServiceBusEventQueue>(),
            provider.GetRequiredService<EventSettling>(),
            provider.GetRequiredService<IDeliveryLog>(),
            provider.GetRequiredService<DeadLetterSettings>(),
            provider.GetRequiredService<SteadyClock>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IDeadLetterStore>(provider => provider.GetRequiredService<ServiceBusDeadLetterStore>());
    }
}
