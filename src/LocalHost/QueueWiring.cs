using CustomerIoDestination.AzureServices;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Settings;
using CustomerIoDestination.SqliteQueue;

namespace CustomerIoDestination.LocalHost;

/// <summary>The queue the host works on, and what it shares with other hosts where that is configured.</summary>
internal static class QueueWiring
{
    /// <summary>Adds the queue, its dead letters and the delivery log.</summary>
    public static IServiceCollection AddQueue(this IServiceCollection services, DestinationSettings settings)
    {
        if (settings.Queue.Kind == QueueKind.Sqlite)
        {
            services.AddSqliteQueue();
            return services;
        }

        // The broker keeps no log: several hosts share tables, one alone has a file beside the queue.
        if (settings.DeliveryLog.IsConfigured)
        {
            services.AddTableDeliveryLog(settings.DeliveryLog).AddTableRetention();
        }
        else
        {
            services.AddSqliteDeliveryLog();
        }

        return services.AddServiceBusQueue().AddServiceBusRetention();
    }

    /// <summary>Adds what takes events off the queue and delivers them.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services, DestinationSettings settings) =>
        settings.Queue.Kind == QueueKind.Sqlite ? services.AddDeliveryWorker() : services.AddServiceBusDelivery();

    /// <summary>Adds the rate shared over blob leases and the key out of the vault, each where a setting names it.</summary>
    public static IServiceCollection AddShared(this IServiceCollection services, DestinationSettings settings)
    {
        if (settings.RateShare.IsConfigured)
        {
            services.AddLeasedRateShare(settings.RateShare);
        }

        return services.AddVaultCredentials(settings.CustomerIo);
    }
}
