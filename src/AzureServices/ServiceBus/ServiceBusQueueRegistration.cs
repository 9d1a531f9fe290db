using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Queueing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus;

/// <summary>Wires the queue on Azure Service Bus.</summary>
public static class ServiceBusQueueRegistration
{
    /// <summary>
    /// Adds <see cref="ServiceBusMessageHandler"/>. Needs <see cref="DeliveryHandler"/>, <see cref="IDeliveryLog"/> and logging.
    /// </summary>
    public static IServiceCollection AddServiceBusQueue(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<EventsInHand>();
        services.AddSingleton(provider => new ServiceBusMessageHandler(
            provider.GetRequiredService<DeliveryHandler>().DeliverAsync,
            provider.GetRequiredService<IDeliveryLog>(),
            provider.GetRequiredService<EventsInHand>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ServiceBusMessageHandler>>()));
        return services;
    }
}
