using CustomerIoDestination.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Settings;

/// <summary>What must agree between settings that are each good alone.</summary>
internal static class SettingAgreement
{
    private static readonly string[] ConnectionStringParts = ["Endpoint=sb://", "SharedAccessKeyName=", "SharedAccessKey="];

    /// <summary>What is allowed and not safe.</summary>
    public static IEnumerable<Problem> Warnings(DestinationSettings settings)
    {
        if (CustomerIoSettings.IsUnencrypted(settings.CustomerIo.TrackApiUrl))
        {
            yield return new Problem(
                "CustomerIo__TrackApiUrl", "is http beyond this machine: the Track API key and every event cross the network unencrypted, as CustomerIo__AllowHttp allows");
        }
    }

    /// <summary>What contradicts, or is missing beside what is set.</summary>
    public static IEnumerable<Problem> Problems(DestinationSettings settings) =>
        [.. Workspace(settings), .. Storage(settings), .. Keys(settings.Ingest, settings.Admin), .. settings.Privacy.Hipaa ? HealthData(settings) : []];

    private static IEnumerable<Problem> Workspace(DestinationSettings settings)
    {
        CustomerIoSettings customerIo = settings.CustomerIo;
        bool hasKey = customerIo.ApiKey is not null || customerIo.ApiKeySecretUri is not null;
        if (customerIo.SiteId is not null && !hasKey)
        {
            yield return new Problem("CustomerIo__ApiKey", "is missing; CustomerIo__SiteId is set, so a Track API key (or CustomerIo__ApiKeySecretUri) is needed");
        }

        if (customerIo.SiteId is null && hasKey)
        {
            yield return new Problem("CustomerIo__SiteId", "is missing; a Track API key is set, so the site id is needed");
        }

        if (customerIo is { ApiKey: not null, ApiKeySecretUri: not null })
        {
            yield return new Problem("CustomerIo__ApiKeySecretUri", "is set beside CustomerIo__ApiKey; only one of the two may be");
        }

        if (CustomerIoSettings.IsUnencrypted(customerIo.TrackApiUrl) && !customerIo.AllowHttp && !settings.Privacy.Hipaa)
        {
            yield return new Problem(
                "CustomerIo__TrackApiUrl", "is http beyond this machine, so the Track API key and every event would cross the network unencrypted; use https, or set CustomerIo__AllowHttp=true");
        }

        if (settings.Sandbox.Enabled == true && (customerIo.SiteId is not null || customerIo.TrackApiUrl is not null))
        {
            yield return new Problem("Sandbox__Enabled", $"is true beside {(customerIo.SiteId is not null ? "CustomerIo__SiteId" : "CustomerIo__TrackApiUrl")}; events go to a sandbox or to a workspace, not to both");
        }

        if (settings.Mapping is { ClaimAnonymous: true, AnonymousId: false })
        {
            yield return new Problem("Mapping__ClaimAnonymous", "is true beside Mapping__AnonymousId=false; where identifies carry no anonymous id nobody's anonymous events are merged, late or not");
        }
    }

    private static IEnumerable<Problem> Storage(DestinationSettings settings)
    {
        if (settings.RateShare is { ConnectionString: not null, BlobServiceUri: not null })
        {
            yield return new Problem("RateShare__blobServiceUri", "is set beside the connection string RateShare; only one of the two may be");
        }

        if (settings.DeliveryLog is { ConnectionString: not null, TableServiceUri: not null })
        {
            yield return new Problem("DeliveryLog__tableServiceUri", "is set beside the connection string DeliveryLog; only one of the two may be");
        }

        if (settings is { Queue.Kind: QueueKind.ServiceBus, ServiceBus: { ConnectionString: null, FullyQualifiedNamespace: null } })
        {
            yield return new Problem("ServiceBus__fullyQualifiedNamespace", "is missing; Queue__Kind is ServiceBus, so a namespace (or the connection string ServiceBus) is needed");
        }

        if (settings.ServiceBus.ConnectionString is { } connectionString && !Array.TrueForAll(ConnectionStringParts, part => connectionString.Reveal().Contains(part, StringComparison.OrdinalIgnoreCase)))
        {
            yield return new Problem("ServiceBus", "is no connection string of a Service Bus namespace (Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…)");
        }

        if (settings.ServiceBus is { ConnectionString: not null, FullyQualifiedNamespace: not null })
        {
            yield return new Problem("ServiceBus__fullyQualifiedNamespace", "is set beside the connection string ServiceBus; only one of the two may be");
        }
    }

    private static IEnumerable<Problem> Keys(IngestSettings ingest, AdminSettings admin)
    {
        if (ingest.Keys.Any(admin.Keys.Contains))
        {
            yield return new Problem("Admin__Keys", "an admin key is also an ingest key; an ingest key must never read");
        }

        if (ingest is { WriteKeys.Count: > 0, AllowedOrigins.Count: 0 })
        {
            yield return new Problem("Ingest__AllowedOrigins", "is missing; a write key counts only together with the origin of a page that may use it, for instance https://www.example.com");
        }

        if (ingest is { WriteKeys.Count: 0, AllowedOrigins.Count: > 0 })
        {
            yield return new Problem("Ingest__WriteKeys__0", "is missing; Ingest__AllowedOrigins is set, and pages send events with a write key only");
        }

        IEnumerable<Secret?> secrets = [.. ingest.Keys, .. admin.Keys, ingest.SigningSecret, ingest.LifecycleKey];
        if (ingest.WriteKeys.Any(secrets.Contains))
        {
            yield return new Problem("Ingest__WriteKeys", "a write key is also another key or secret; write keys are public, anybody can read them in the page");
        }
    }

    private static IEnumerable<Problem> HealthData(DestinationSettings settings)
    {
        const string Why = "Privacy__Hipaa is true";
        if (settings.Ingest.WriteKeys.Count > 0)
        {
            yield return new Problem("Ingest__WriteKeys", $"is set, and {Why}: health data never comes from a browser directly");
        }

        if (CustomerIoSettings.IsUnencrypted(settings.CustomerIo.TrackApiUrl))
        {
            yield return new Problem("CustomerIo__TrackApiUrl", $"is an http address, and {Why}: health data leaves this machine encrypted only");
        }

        if (settings.Delivery.BatchAnonymous)
        {
            yield return new Problem("Delivery__BatchAnonymous", $"is true, and {Why}: anonymous events go only the way that Customer.io documents");
        }
    }
}

/// <summary>Logs at each start what about the settings was probably not meant or is not safe.</summary>
internal sealed partial class SettingWarnings(DestinationSettings settings, ILogger<SettingWarnings> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (Problem warning in settings.Warnings)
        {
            Log.Doubtful(logger, warning.Where, warning.Message);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Setting} {Problem}.")]
        public static partial void Doubtful(ILogger logger, string setting, string problem);
    }
}
