using System.Reflection;
using CustomerIoDestination.Infra.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.Infra;

/// <summary>The template writes every setting out; what nobody has given must be what the app would have taken without it.</summary>
public sealed class DefaultsTests
{
    // Where the cloud is not a laptop: keys, addresses, and a real workspace.
    private static readonly string[] Given =
    [
        nameof(DestinationSettings.CustomerIo), nameof(DestinationSettings.Rules), nameof(DestinationSettings.Ingest), nameof(DestinationSettings.Admin), nameof(DestinationSettings.Queue),
        nameof(DestinationSettings.ServiceBus), nameof(DestinationSettings.RateShare), nameof(DestinationSettings.DeliveryLog), nameof(DestinationSettings.Sandbox),
        nameof(DestinationSettings.Privacy),
    ];

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void The_app_reads_its_defaults_out_of_what_is_deployed(string environment)
    {
        DestinationSettings defaults = new();
        DestinationSettings deployed = Read(environment);

        foreach (PropertyInfo group in typeof(DestinationSettings).GetProperties().Where(property => property.CanWrite && !Given.Contains(property.Name)))
        {
            group.GetValue(deployed).ShouldBe(group.GetValue(defaults), group.Name);
        }

        deployed.Ingest.MaxBodyBytes.ShouldBe(defaults.Ingest.MaxBodyBytes);
        deployed.Ingest.ImportOlderThan.ShouldBe(defaults.Ingest.ImportOlderThan);
        deployed.CustomerIo.Region.ShouldBe(defaults.CustomerIo.Region);
        deployed.CustomerIo.TrackApiUrl.ShouldBe(defaults.CustomerIo.TrackApiUrl);
        deployed.ServiceBus.QueueName.ShouldBe(defaults.ServiceBus.QueueName);
        deployed.Rules.Path.ShouldBe(defaults.Rules.Path);
        deployed.Privacy.ForgetWindow.ShouldBe(defaults.Privacy.ForgetWindow);
    }

    [Fact]
    public void A_parameter_that_is_given_reaches_the_app_and_nothing_else_changes() =>
        Read("private").Mapping.ShouldBe(new MappingSettings { EventIdProperty = "event_ulid" });

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void The_app_is_told_everything_that_the_cloud_has_and_a_laptop_has_not(string environment)
    {
        DestinationSettings deployed = Read(environment);

        deployed.Queue.Kind.ShouldBe(QueueKind.ServiceBus);
        deployed.ServiceBus.FullyQualifiedNamespace.ShouldNotBeNull();
        deployed.RateShare.BlobServiceUri.ShouldNotBeNull();
        deployed.DeliveryLog.TableServiceUri.ShouldNotBeNull();
        deployed.CustomerIo.ApiKeySecretUri.ShouldNotBeNull();
        deployed.Ingest.Keys.Count.ShouldBe(2);
        deployed.Admin.Keys.Count.ShouldBe(2);
        deployed.Ingest.SigningSecret.ShouldNotBeNull();
        deployed.Ingest.LifecycleKey.ShouldNotBeNull();
        deployed.Rules.HashSecret.ShouldNotBeNull();
        deployed.Privacy.Secret.ShouldNotBeNull();
    }

    private static DestinationSettings Read(string environment)
    {
        Dictionary<string, string?> settings = Snapshot.Of(environment).One("Microsoft.Web/sites/config")["properties"]!.AsObject()
            .ToDictionary(setting => setting.Key.Replace("__", ":", StringComparison.Ordinal), setting => (string?)Resolved(setting.Key, setting.Value!.GetValue<string>()), StringComparer.Ordinal);
        settings["CustomerIo:SiteId"] = "any-site-id";
        return SettingsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()) switch
        {
            Checked<DestinationSettings>.Valid valid => valid.Value,
            Checked<DestinationSettings>.Invalid invalid => throw new InvalidOperationException(invalid.Message),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    // What only Azure knows: the vault's secrets, and the addresses of what is made with the app.
    private static string Resolved(string name, string value) => value switch
    {
        _ when !value.StartsWith('[') => value,
        _ when SettingGroups.Secret.Contains(name) => $"a-secret-of-its-own-{name}",
        _ when name.EndsWith("Uri", StringComparison.OrdinalIgnoreCase) => $"https://{name.Split('_')[0].ToLowerInvariant()}.example/",
        _ => "known.only.to.azure",
    };
}
