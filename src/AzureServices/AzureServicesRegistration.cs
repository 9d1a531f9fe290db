using Azure.Security.KeyVault.Secrets;
using CustomerIoDestination.AzureServices.Connections;
using CustomerIoDestination.AzureServices.Control;
using CustomerIoDestination.AzureServices.DeliveryLog;
using CustomerIoDestination.AzureServices.People;
using CustomerIoDestination.AzureServices.RateShare;
using CustomerIoDestination.AzureServices.Secrets;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.AzureServices.Upkeep;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Time;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices;

/// <summary>Wires what processes in Azure share. Everything here goes before <c>AddCustomerIoDestination</c>, which takes what it finds.</summary>
public static class AzureServicesRegistration
{
    /// <summary>Shares the rate over blob leases, by <c>RateShare</c> or <c>RateShare__blobServiceUri</c>.</summary>
    public static IServiceCollection AddLeasedRateShare(this IServiceCollection services, RateShareSettings settings)
    {
        services.AddAmbient();
        services.AddSingleton(_ => new SliceBlobs(AzureConnections.Blobs(settings, SliceBlobs.Options)));
        services.AddSingleton<LeasedRateShare>();
        services.AddSingleton<IRateShare>(provider => provider.GetRequiredService<LeasedRateShare>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<LeasedRateShare>());
        return services;
    }

    /// <summary>Keeps the delivery log, the state and what is remembered of people in tables, by <c>DeliveryLog</c> or <c>DeliveryLog__tableServiceUri</c>.</summary>
    public static IServiceCollection AddTableDeliveryLog(this IServiceCollection services, DeliveryLogSettings settings)
    {
        services.AddAmbient();
        services.AddSingleton(_ => AzureConnections.Tables(settings, TableAccess.Options));
        services.AddMetrics();
        services.AddSingleton<TableAccess>();
        services.AddSingleton<DayTables>();
        services.AddSingleton<LogMetrics>();
        services.AddSingleton<LogBuffer>();
        services.AddSingleton<IDeliveryLog, TableDeliveryLog>();
        services.AddSingleton<IPersonStore, TablePersonStore>();
        services.AddHostedService<LogWriter>();
        services.AddSingleton<ControlTable>();
        services.AddSingleton<SharedControl>();
        services.AddSingleton<InHandElsewhere>();
        services.AddSingleton<IDestinationControl>(provider => provider.GetRequiredService<SharedControl>());
        services.AddHostedService<Reporter>();
        services.TryAddSingleton<SteadyClock>();
        services.AddSingleton<TableRetention>();
        services.AddHostedService<ClockKeeper>();
        return services;
    }

    /// <summary>Adds the hourly removal of what the tables keep too long, for a host that has no timer of its own for it.</summary>
    public static IServiceCollection AddTableRetention(this IServiceCollection services)
    {
        services.AddSingleton(provider => new UpkeepStep("lines of the delivery log", provider.GetRequiredService<TableRetention>().DropLogAsync));
        services.AddSingleton(provider => new UpkeepStep("reports of processes", provider.GetRequiredService<TableRetention>().ForgetReportsAsync));
        return services.AddHostedService<HourlyUpkeep>();
    }

    /// <summary>Reads the Track API key out of the vault where <c>CustomerIo__ApiKeySecretUri</c> names it.</summary>
    public static IServiceCollection AddVaultCredentials(this IServiceCollection services, CustomerIoSettings settings)
    {
        if (settings is not { SiteId: { } siteId, ApiKeySecretUri: { } secretUri })
        {
            return services;
        }

        KeyVaultSecretIdentifier secret = new(secretUri);
        services.AddAmbient();
        services.AddSingleton<ICredentialSource>(provider => new VaultCredentials(
            siteId,
            secret.Name,
            secret.Version,
            new SecretClient(secret.VaultUri, AzureConnections.HostIdentity(), VaultCredentials.Options),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<VaultCredentials>>()));
        return services;
    }

    /// <summary>Adds <see cref="QueueWatch"/>, for the host's timer. Needs the queue and the tables.</summary>
    public static IServiceCollection AddQueueWatch(this IServiceCollection services)
    {
        services.TryAddSingleton<DeadLetterRetention>();
        services.AddSingleton(provider => new QueueWatch(
            provider.GetRequiredService<IEventQueue>(),
            provider.GetRequiredService<DeadLetterRetention>().RunOnceAsync,
            provider.GetRequiredService<IDestinationControl>(),
            provider.GetRequiredService<DestinationControl>(),
            provider.GetRequiredService<DestinationMetrics>(),
            provider.GetRequiredService<TableRetention>(),
            provider.GetRequiredService<DestinationSettings>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<QueueWatch>>()));
        return services;
    }

    private static void AddAmbient(this IServiceCollection services)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
#pragma warning disable RS0030 // Here chance comes in.
        services.TryAddSingleton(Random.Shared);
#pragma warning restore RS0030
    }
}
