using CustomerIoDestination.Model;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.Settings;

/// <summary>Reads and checks every setting at once. A wrong, contradicting or misspelt one stops the start with a message that lists them all.</summary>
public static class SettingsReader
{
    /// <summary>Keys and secrets shorter than this can be guessed.</summary>
    public const int MinimumKeyLength = 16;

    private const int MaximumBrowserRate = 100_000;
    private const int MinimumBodyBytes = 1_024;
    private const int MinimumSeenMemory = 1024 * 1024;
    private const int MaximumSeenMemory = 1024 * 1024 * 1024;
    private const int MaximumBodyBytes = 16 * 1024 * 1024;

    private static readonly string[] ConnectionStringParts = ["Endpoint=sb://", "SharedAccessKeyName=", "SharedAccessKey="];

    /// <summary>What they are called in the message that lists their problems.</summary>
    public const string What = "The settings";

    /// <summary>Reads the settings.</summary>
    public static Checked<DestinationSettings> Read(IConfiguration configuration)
    {
        var values = new SettingValues(configuration);
        var settings = new DestinationSettings
        {
            CustomerIo = CustomerIo(values),
            Delivery = Delivery(values),
            Mapping = Mapping(values),
            Limits = Limits(values),
            Rules = new RulesSettings { Path = values.Text("Rules__Path"), HashSecret = values.Secret("Rules__HashSecret", MinimumKeyLength) },
            Ingest = Ingest(values),
            Admin = new AdminSettings { Keys = values.Secrets("Admin__Keys", MinimumKeyLength) },
            Queue = new QueueSettings
            {
                Kind = values.Choice("Queue__Kind", QueueKind.Sqlite),
                Path = values.Text("Queue__Path") ?? new QueueSettings().Path,
                SeenMemory = values.Number("Queue__SeenMemory", new QueueSettings().SeenMemory, MinimumSeenMemory, MaximumSeenMemory),
            },
            ServiceBus = new ServiceBusSettings
            {
                ConnectionString = values.Secret("ServiceBus"),
                FullyQualifiedNamespace = values.HostName("ServiceBus__fullyQualifiedNamespace"),
                TransportType = values.Choice("ServiceBus__TransportType", BrokerTransport.AmqpTcp),
                QueueName = values.Text("ServiceBusQueueName") ?? new ServiceBusSettings().QueueName,
            },
            Sandbox = new SandboxSettings
            {
                Enabled = values.Text("Sandbox__Enabled") is null ? null : values.Flag("Sandbox__Enabled", false),
                Port = values.Number("Sandbox__Port", new SandboxSettings().Port, 0, 65_535),
                SiteId = values.Text("Sandbox__SiteId"),
                ApiKey = values.Secret("Sandbox__ApiKey"),
            },
            DeadLetters = new DeadLetterSettings
            {
                Retention = values.Duration("DeadLetters__Retention", new DeadLetterSettings().Retention, TimeSpan.FromHours(1), TimeSpan.FromDays(3_650))!.Value,
            },
            Privacy = new PrivacySettings
            {
                Hipaa = values.Flag("Privacy__Hipaa", false),
                Secret = values.Secret("Privacy__Secret", PrivacySettings.MinimumSecretLength),
                ForgetWindow = values.Duration("Privacy__ForgetWindow", new PrivacySettings().ForgetWindow, TimeSpan.FromHours(1), TimeSpan.FromDays(3_650))!.Value,
            },
            RateShare = new RateShareSettings { ConnectionString = values.Secret("RateShare"), BlobServiceUri = values.Url("RateShare__blobServiceUri") },
            DeliveryLog = new DeliveryLogSettings { ConnectionString = values.Secret("DeliveryLog"), TableServiceUri = values.Url("DeliveryLog__tableServiceUri") },
            Telemetry = new TelemetrySettings { SuccessSampling = values.Share("Telemetry__SuccessSampling", new TelemetrySettings().SuccessSampling) },
        };
        CheckTogether(settings, values);
        var names = new SettingNameCheck(configuration);
        foreach (Problem problem in names.Problems())
        {
            values.Problem(problem.Where, problem.Message);
        }

        return values.Problems.Count == 0 ? new Checked<DestinationSettings>.Valid(settings with { Warnings = [.. names.Warnings(), .. Warnings(settings)] }) : new Checked<DestinationSettings>.Invalid(What, values.Problems);
    }

    private static CustomerIoSettings CustomerIo(SettingValues values) => new()
    {
        SiteId = values.Text("CustomerIo__SiteId"),
        ApiKey = values.Secret("CustomerIo__ApiKey"),
        ApiKeySecretUri = values.Url("CustomerIo__ApiKeySecretUri"),
        Region = values.Choice("CustomerIo__Region", CustomerIoRegion.Auto),
        TrackApiUrl = values.Url("CustomerIo__TrackApiUrl"),
        AllowHttp = values.Flag("CustomerIo__AllowHttp", false),
    };

    private static DeliverySettings Delivery(SettingValues values)
    {
        var defaults = new DeliverySettings();
        return new DeliverySettings
        {
            Enabled = values.Flag("Delivery__Enabled", defaults.Enabled),
            RequestsPerSecond = values.Number("Delivery__RequestsPerSecond", defaults.RequestsPerSecond, 1, 1_000),
            Mode = values.Choice("Delivery__Mode", defaults.Mode),
            RetryWindow = values.Duration("Delivery__RetryWindow", defaults.RetryWindow, TimeSpan.FromMinutes(1), TimeSpan.FromDays(14))!.Value,
            HoldBudget = values.Duration("Delivery__HoldBudget", defaults.HoldBudget, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(25))!.Value,
            BatchItems = values.Number("Delivery__BatchItems", defaults.BatchItems, 1, 1_000),
            BatchAnonymous = values.Flag("Delivery__BatchAnonymous", defaults.BatchAnonymous),
            LivePartitions = values.Number("Delivery__LivePartitions", defaults.LivePartitions, 1, Partition.MaxCount),
            ImportPartitions = values.Number("Delivery__ImportPartitions", defaults.ImportPartitions, 1, Partition.MaxCount),
        };
    }

    private static MappingSettings Mapping(SettingValues values)
    {
        var defaults = new MappingSettings();
        return new MappingSettings
        {
            PersonIdentifier = values.Choice("Mapping__PersonIdentifier", defaults.PersonIdentifier),
            ConvertDates = values.Flag("Mapping__ConvertDates", defaults.ConvertDates),
            SendNulls = values.Flag("Mapping__SendNulls", defaults.SendNulls),
            AnonymousId = values.Flag("Mapping__AnonymousId", defaults.AnonymousId),
            EmailFromProperties = values.Flag("Mapping__EmailFromProperties", defaults.EmailFromProperties),
            PlaceholderIdentifiers = values.TextOrEmpty("Mapping__PlaceholderIdentifiers") is { } list ? PlaceholderIdentifiers.Of(list) : defaults.PlaceholderIdentifiers,
            EventIdProperty = values.Text("Mapping__EventIdProperty"),
            UnidentifiedIdentify = values.Choice("Mapping__UnidentifiedIdentify", defaults.UnidentifiedIdentify),
            MayCreatePeople = values.Flag("Mapping__MayCreatePeople", defaults.MayCreatePeople),
            EventsMayCreatePeople = values.Flag("Mapping__EventsMayCreatePeople", defaults.EventsMayCreatePeople),
            WithoutEmail = values.Choice("Mapping__WithoutEmail", defaults.WithoutEmail),
            ObjectTypeId = values.Text("Mapping__ObjectTypeId") ?? defaults.ObjectTypeId,
            BrowserIdentify = values.Choice("Ingest__BrowserIdentify", defaults.BrowserIdentify),
            ClaimAnonymous = values.Flag("Mapping__ClaimAnonymous", defaults.ClaimAnonymous),
            RepeatMergeAfter = values.Duration("Mapping__RepeatMergeAfter", null, MappingSettings.ShortestRepeat, MappingSettings.LongestRepeat),
            AsOfNow = values.Flag("Mapping__AsOfNow", defaults.AsOfNow),
        };
    }

    private static LimitSettings Limits(SettingValues values)
    {
        var defaults = new LimitSettings();
        return new LimitSettings
        {
            AttributeName = values.Choice("Limits__AttributeName", defaults.AttributeName),
            AttributeValue = values.Choice("Limits__AttributeValue", defaults.AttributeValue),
            AttributeCount = values.Choice("Limits__AttributeCount", defaults.AttributeCount),
            EventName = values.Choice("Limits__EventName", defaults.EventName),
            PageName = values.Choice("Limits__PageName", defaults.PageName),
        };
    }

    private static IngestSettings Ingest(SettingValues values) => new()
    {
        Keys = values.Secrets("Ingest__Keys", MinimumKeyLength),
        WriteKeys = values.Secrets("Ingest__WriteKeys", MinimumKeyLength),
        AllowedOrigins = values.Origins("Ingest__AllowedOrigins"),
        BrowserRate = values.Number("Ingest__BrowserRate", new IngestSettings().BrowserRate, 1, MaximumBrowserRate),
        TrustedProxies = values.Networks("Ingest__TrustedProxies"),
        SigningSecret = values.Secret("Ingest__SigningSecret", MinimumKeyLength),
        LifecycleKey = values.Secret("Ingest__LifecycleKey", MinimumKeyLength),
        ImportOlderThan = values.Duration("Ingest__ImportOlderThan", null, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3_650)),
        MaxBodyBytes = values.Number("Ingest__MaxBodyBytes", new IngestSettings().MaxBodyBytes, MinimumBodyBytes, MaximumBodyBytes),
    };

    private static IEnumerable<Problem> Warnings(DestinationSettings settings)
    {
        if (CustomerIoSettings.IsUnencrypted(settings.CustomerIo.TrackApiUrl))
        {
            yield return new Problem(
                "CustomerIo__TrackApiUrl", "is http beyond this machine: the Track API key and every event cross the network unencrypted, as CustomerIo__AllowHttp allows");
        }
    }

    private static void CheckTogether(DestinationSettings settings, SettingValues values)
    {
        CustomerIoSettings customerIo = settings.CustomerIo;
        bool hasKey = customerIo.ApiKey is not null || customerIo.ApiKeySecretUri is not null;
        if (customerIo.SiteId is not null && !hasKey)
        {
            values.Problem("CustomerIo__ApiKey", "is missing; CustomerIo__SiteId is set, so a Track API key (or CustomerIo__ApiKeySecretUri) is needed");
        }

        if (customerIo.SiteId is null && hasKey)
        {
            values.Problem("CustomerIo__SiteId", "is missing; a Track API key is set, so the site id is needed");
        }

        if (customerIo is { ApiKey: not null, ApiKeySecretUri: not null })
        {
            values.Problem("CustomerIo__ApiKeySecretUri", "is set beside CustomerIo__ApiKey; only one of the two may be");
        }

        if (CustomerIoSettings.IsUnencrypted(customerIo.TrackApiUrl) && !customerIo.AllowHttp && !settings.Privacy.Hipaa)
        {
            values.Problem(
                "CustomerIo__TrackApiUrl", "is http beyond this machine, so the Track API key and every event would cross the network unencrypted; use https, or set CustomerIo__AllowHttp=true");
        }

        if (settings.Sandbox.Enabled == true && (customerIo.SiteId is not null || customerIo.TrackApiUrl is not null))
        {
            values.Problem("Sandbox__Enabled", $"is true beside {(customerIo.SiteId is not null ? "CustomerIo__SiteId" : "CustomerIo__TrackApiUrl")}; events go to a sandbox or to a workspace, not to both");
        }

        if (settings.RateShare is { ConnectionString: not null, BlobServiceUri: not null })
        {
            values.Problem("RateShare__blobServiceUri", "is set beside the connection string RateShare; only one of the two may be");
        }

        if (settings.DeliveryLog is { ConnectionString: not null, TableServiceUri: not null })
        {
            values.Problem("DeliveryLog__tableServiceUri", "is set beside the connection string DeliveryLog; only one of the two may be");
        }

        if (settings is { Queue.Kind: QueueKind.ServiceBus, ServiceBus: { ConnectionString: null, FullyQualifiedNamespace: null } })
        {
            values.Problem("ServiceBus__fullyQualifiedNamespace", "is missing; Queue__Kind is ServiceBus, so a namespace (or the connection string ServiceBus) is needed");
        }

        if (settings.ServiceBus.ConnectionString is { } connectionString && !Array.TrueForAll(ConnectionStringParts, part => connectionString.Reveal().Contains(part, StringComparison.OrdinalIgnoreCase)))
        {
            values.Problem("ServiceBus", "is no connection string of a Service Bus namespace (Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…)");
        }

        if (settings.ServiceBus is { ConnectionString: not null, FullyQualifiedNamespace: not null })
        {
            values.Problem("ServiceBus__fullyQualifiedNamespace", "is set beside the connection string ServiceBus; only one of the two may be");
        }

        if (settings.Mapping is { ClaimAnonymous: true, AnonymousId: false })
        {
            values.Problem("Mapping__ClaimAnonymous", "is true beside Mapping__AnonymousId=false; where identifies carry no anonymous id nobody's anonymous events are merged, late or not");
        }

        if (settings.Ingest.Keys.Any(settings.Admin.Keys.Contains))
        {
            values.Problem("Admin__Keys", "an admin key is also an ingest key; an ingest key must never read");
        }

        CheckBrowsers(settings.Ingest, settings.Admin, values);
        if (settings.Privacy.Hipaa)
        {
            CheckHipaa(settings, values);
        }
    }

    private static void CheckBrowsers(IngestSettings ingest, AdminSettings admin, SettingValues values)
    {
        if (ingest is { WriteKeys.Count: > 0, AllowedOrigins.Count: 0 })
        {
            values.Problem("Ingest__AllowedOrigins", "is missing; a write key counts only together with the origin of a page that may use it, for instance https://www.example.com");
        }

        if (ingest is { WriteKeys.Count: 0, AllowedOrigins.Count: > 0 })
        {
            values.Problem("Ingest__WriteKeys__0", "is missing; Ingest__AllowedOrigins is set, and pages send events with a write key only");
        }

        IEnumerable<Secret?> secrets = [.. ingest.Keys, .. admin.Keys, ingest.SigningSecret, ingest.LifecycleKey];
        if (ingest.WriteKeys.Any(secrets.Contains))
        {
            values.Problem("Ingest__WriteKeys", "a write key is also another key or secret; write keys are public, anybody can read them in the page");
        }
    }

    private static void CheckHipaa(DestinationSettings settings, SettingValues values)
    {
        const string Why = "Privacy__Hipaa is true";
        if (settings.Ingest.WriteKeys.Count > 0)
        {
            values.Problem("Ingest__WriteKeys", $"is set, and {Why}: health data never comes from a browser directly");
        }

        if (CustomerIoSettings.IsUnencrypted(settings.CustomerIo.TrackApiUrl))
        {
            values.Problem("CustomerIo__TrackApiUrl", $"is an http address, and {Why}: health data leaves this machine encrypted only");
        }

        if (settings.Delivery.BatchAnonymous)
        {
            values.Problem("Delivery__BatchAnonymous", $"is true, and {Why}: anonymous events go only the way that Customer.io documents");
        }
    }
}
