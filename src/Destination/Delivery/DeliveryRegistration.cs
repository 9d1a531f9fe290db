using CustomerIoDestination.Delivery.Batching;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Delivery.Sending;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Time;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CustomerIoDestination.Delivery;

/// <summary>Wiring of the delivering side.</summary>
public static class DeliveryRegistration
{
    /// <summary>
    /// Registers <see cref="DeliveryHandler"/>, <see cref="TrackApiClient"/>, <see cref="IDestinationControl"/>, <see cref="EventCounters"/> and
    /// <see cref="DestinationMetrics"/>. Needs <see cref="DestinationSettings"/>, <see cref="CustomerIoSettings"/>, <see cref="DeliverySettings"/>, <see cref="Rules.Reading.RulesSource"/>, <see cref="EnvelopeMapper"/>,
    /// <see cref="IPersonStore"/> and logging.
    /// <see cref="IRateShare"/>, <see cref="ICredentialSource"/>, <see cref="IDestinationControl"/>, <see cref="TimeProvider"/> and <see cref="Random"/> (thread-safe) may be given before.
    /// </summary>
    public static IServiceCollection AddCustomerIoDelivery(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SteadyClock>();
#pragma warning disable RS0030 // Here chance comes in.
        services.TryAddSingleton(Random.Shared);
#pragma warning restore RS0030
        services.TryAddSingleton<IRateShare, WholeRate>();
        services.TryAddSingleton<ICredentialSource, ConfiguredCredentials>();
        services.TryAddSingleton<EventCounters>();
        services.TryAddSingleton<IEventCounts>(provider => provider.GetRequiredService<EventCounters>());
        services.TryAddSingleton<DestinationMetrics>();
        services.AddTrackApi();
        services.AddSingleton<GateNotices>();
        services.AddSingleton<DeliveryGate>();
        services.AddSingleton<PeerDeliveries>();
        services.AddSingleton<DeliveryProgress>();
        services.AddSingleton<PersonMemory>();
        services.AddHostedService<PersonUpkeep>();
        services.AddSingleton<EventPreparation>();
        services.AddSingleton<BatchSending>();
        services.AddSingleton<BatchSender>();
        services.AddSingleton<SingleSender>();
        services.AddSingleton<AttemptRecorder>();
        services.AddSingleton<RetryPolicy>();
        services.AddSingleton<DeliveryHandler>();
        services.AddSingleton<DestinationControl>();
        services.TryAddSingleton<IDestinationControl>(provider => provider.GetRequiredService<DestinationControl>());
        services.AddHostedService<PauseProbe>();
        return services;
    }

    /// <summary>Registers the worker that delivers what an <c>IEventReceiver</c> hands out; hosts that are handed messages (Functions) don't need it.</summary>
    public static IServiceCollection AddDeliveryWorker(this IServiceCollection services) => services.AddHostedService<DeliveryWorker>();
}
