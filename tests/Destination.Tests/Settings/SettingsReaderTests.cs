using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.Tests.Settings;

public sealed class SettingsReaderTests
{
    [Fact]
    public void Nothing_set_is_good_and_means_the_defaults() => Describe(Valid()).ShouldBe(Describe(new DestinationSettings()));

    [Theory]
    [InlineData("Delivery__RequestsPerSecond", "0", "is no whole number from 1 to 1000")]
    [InlineData("Delivery__RequestsPerSecond", "1001", "is no whole number from 1 to 1000")]
    [InlineData("Delivery__RequestsPerSecond", "fast", "is no whole number from 1 to 1000")]
    [InlineData("Delivery__Mode", "bulk", "is none of single, batch")]
    [InlineData("Delivery__Mode", "1", "is none of single, batch")]
    [InlineData("Delivery__Enabled", "maybe", "is neither true nor false")]
    [InlineData("Delivery__RetryWindow", "72", "is no time span")]
    [InlineData("Delivery__HoldBudget", "1.00:00:00", "is no time span")]
    [InlineData("Mapping__RepeatMergeAfter", "00:00:00.9", "is no time span")]
    [InlineData("Mapping__RepeatMergeAfter", "1.00:00:01", "is no time span")]
    [InlineData("CustomerIo__Region", "asia", "is none of auto, us, eu")]
    [InlineData("CustomerIo__TrackApiUrl", "track.customer.io", "is no absolute http or https address")]
    [InlineData("CustomerIo__SiteId", "site", "a Track API key (or CustomerIo__ApiKeySecretUri) is needed", "CustomerIo__ApiKey")]
    [InlineData("CustomerIo__ApiKey", "key", "the site id is needed", "CustomerIo__SiteId")]
    [InlineData("Ingest__Keys__0", "short", "has 5 characters; at least 16 are needed")]
    [InlineData("Ingest__Keys__1", "short", "has 5 characters; at least 16 are needed")]
    [InlineData("Privacy__Secret", "short", "has 5 characters; at least 32 are needed")]
    [InlineData("Ingest__ImportOlderThan", "00:00:30", "is no time span (d.hh:mm:ss) from 00:01:00 to 3650.00:00:00")]
    [InlineData("Ingest__Keys__2", "long-enough-to-be-a-key", "is no setting of this product")]
    [InlineData("Delivery__RequestPerSecond", "5", "is no setting of this product")]
    [InlineData("Queue__SeenMemory", "1000", "is no whole number from 1048576 to 1073741824")]
    [InlineData("Sandbox__Port", "70000", "is no whole number from 0 to 65535")]
    [InlineData("Limits__PageName", "cut", "is none of deadLetter, trim")]
    [InlineData("Ingest__WriteKeys__0", "write-key-of-this-site", "only together with the origin of a page", "Ingest__AllowedOrigins")]
    [InlineData("Ingest__AllowedOrigins", "https://www.example.com", "pages send events with a write key only", "Ingest__WriteKeys__0")]
    [InlineData("Ingest__BrowserRate", "0", "is no whole number from 1 to 100000")]
    [InlineData("Ingest__BrowserIdentify", "email", "is none of noEmailChange, full, off")]
    [InlineData("Ingest__TrustedProxies", "10.0.0.0/8,proxy", "'proxy' is neither an address nor a network")]
    [InlineData("Ingest__TrustedProxies", "10.0.0.0/33", "'10.0.0.0/33' is neither an address nor a network")]
    [InlineData("Telemetry__SuccessSampling", "1.1", "is no number from 0 to 1")]
    [InlineData("Telemetry__SuccessSampling", "0,1", "is no number from 0 to 1")]
    [InlineData("Telemetry__SuccessSampling", "-0.1", "is no number from 0 to 1")]
    public void A_wrong_setting_is_named_with_what_would_be_right(string name, string value, string message, string? reportedName = null)
    {
        Problem problem = Invalid((name, value)).Problems.ShouldHaveSingleItem();

        problem.Where.ShouldBe(reportedName ?? name);
        problem.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("CustomerIo_SiteId", "CustomerIo__SiteId")]
    [InlineData("CustomerIo_ApiKeySecretUri", "CustomerIo__ApiKeySecretUri")]
    [InlineData("Delivery_RequestsPerSecond", "Delivery__RequestsPerSecond")]
    [InlineData("Ingest_Keys_0", "Ingest__Keys__0")]
    [InlineData("Ingest__Keys_0", "Ingest__Keys__0")]
    [InlineData("ingest_Keys__0", "Ingest__Keys__0")]
    [InlineData("ServiceBus_fullyQualifiedNamespace", "ServiceBus__fullyQualifiedNamespace")]
    [InlineData("Mappings__PersonIdentifier", "Mapping__PersonIdentifier")]
    [InlineData("Maping__PersonIdentifier", "Mapping__PersonIdentifier")]
    [InlineData("CustomreIo__SiteId", "CustomerIo__SiteId")]
    [InlineData("CustomersIO__SiteID", "CustomerIo__SiteId")]
    [InlineData("Customer__SiteId", "CustomerIo__SiteId")]
    [InlineData("Delivry__Mode", "Delivery__Mode")]
    [InlineData("DeadLetter__Retention", "DeadLetters__Retention")]
    [InlineData("Admins__Keys__0", "Admin__Keys__0")]
    [InlineData("Delivery__RequestPerSecond", "Delivery__RequestsPerSecond")]
    [InlineData("Queues__Path", "Queue__Path")]
    [InlineData("Rule__Port", "Rules__…")]
    public void A_misspelt_name_stops_the_start_with_the_one_that_was_meant(string name, string meant)
    {
        Problem problem = Invalid((name, "s3cr3t")).Problems.ShouldHaveSingleItem();

        problem.Where.ShouldBe(name);
        problem.Message.ShouldContain($"did you mean {meant}?");
        problem.Message.ShouldNotContain("s3cr3t");
    }

    [Theory]
    [InlineData("AzureWebJobsStorage__accountName")]
    [InlineData("AzureWebJobs.DeliverEvent.Disabled")]
    [InlineData("ASPNETCORE__URLS")]
    [InlineData("DOTNET__gcServer")]
    [InlineData("OTEL__EXPORTER")]
    [InlineData("WEBSITE__SLOT")]
    [InlineData("FUNCTIONS__WORKER")]
    [InlineData("Logging__LogLevel__Default")]
    [InlineData("Kestrel__Limits__MaxConcurrentConnections")]
    [InlineData("Roulers__Path")]
    [InlineData("Mapings__PersonIdentifier")]
    [InlineData("QUEUE_PORT")]
    [InlineData("QUEUE_PORT_80_TCP_ADDR")]
    [InlineData("PATH")]
    [InlineData("__CF_USER_TEXT_ENCODING")]
    public void A_name_of_somebody_else_is_let_be(string name)
    {
        Valid((name, "x")).Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("CUSTOMERIO_SITE_ID", "CustomerIo__SiteId")]
    [InlineData("SANDBOX_PORT", "Sandbox__Port")]
    [InlineData("DELIVERY_ENABLED", "Delivery__Enabled")]
    [InlineData("customerio_siteid", "CustomerIo__SiteId")]
    public void A_name_in_capitals_that_somebody_else_may_have_made_only_warns(string name, string meant)
    {
        Problem warning = Valid((name, "s3cr3t")).Warnings.ShouldHaveSingleItem();

        warning.Where.ShouldBe(name);
        warning.Message.ShouldContain(meant);
        warning.Message.ShouldNotContain("s3cr3t");
    }

    [Theory]
    [InlineData("*", "is no origin")]
    [InlineData("https://*.example.com", "is no origin")]
    [InlineData("null", "is no origin")]
    [InlineData("www.example.com", "is no origin")]
    [InlineData("ftp://www.example.com", "is no origin")]
    [InlineData("https://me@www.example.com", "is no origin")]
    [InlineData("https://www.example.com?a=1", "is no origin")]
    [InlineData("https://www.example.com/", "write https://www.example.com")]
    [InlineData("https://www.example.com/shop", "write https://www.example.com")]
    [InlineData("https://WWW.example.com", "write https://www.example.com")]
    [InlineData("https://www.example.com:443", "write https://www.example.com")]
    [InlineData("https://grüße.example", "write https://xn--gre-6ka8l.example")]
    public void An_origin_that_no_browser_writes_so_is_refused(string origin, string message)
    {
        Problem problem = Invalid(("Ingest__WriteKeys__0", "write-key-of-this-site"), ("Ingest__AllowedOrigins", $"https://app.example.com, {origin}")).Problems.ShouldHaveSingleItem();

        problem.Where.ShouldBe("Ingest__AllowedOrigins");
        problem.Message.ShouldContain(message);
    }

    [Fact]
    public void Origins_write_keys_and_proxies_are_read_as_they_are()
    {
        IngestSettings ingest = Valid(
            ("Ingest__WriteKeys__0", "write-key-of-this-site"), ("Ingest__AllowedOrigins", "https://www.example.com, http://localhost:3000,"), ("Ingest__TrustedProxies", "10.0.0.0/8, 192.0.2.1, 2001:db8::1")).Ingest;

        ingest.WriteKeys.ShouldHaveSingleItem().Reveal().ShouldBe("write-key-of-this-site");
        ingest.AllowedOrigins.ShouldBe(["https://www.example.com", "http://localhost:3000"]);
        ingest.TrustedProxies.Select(network => network.ToString()).ShouldBe(["10.0.0.0/8", "192.0.2.1/32", "2001:db8::1/128"]);
    }

    [Theory]
    [InlineData("Ingest__Keys__0")]
    [InlineData("Ingest__SigningSecret")]
    [InlineData("Ingest__LifecycleKey")]
    [InlineData("Admin__Keys__1")]
    public void A_write_key_that_is_a_secret_too_is_refused_because_everybody_can_read_it(string name)
    {
        Problem problem = Invalid(("Ingest__WriteKeys__1", "write-key-of-this-site"), ("Ingest__AllowedOrigins", "https://www.example.com"), (name, "write-key-of-this-site")).Problems.ShouldHaveSingleItem();

        problem.Where.ShouldBe("Ingest__WriteKeys");
        problem.Message.ShouldNotContain("write-key-of-this-site");
    }

    [Theory]
    [InlineData("Ingest__WriteKeys", "Ingest__WriteKeys__0", "write-key-of-this-site", "Ingest__AllowedOrigins", "https://www.example.com")]
    [InlineData("CustomerIo__TrackApiUrl", "CustomerIo__TrackApiUrl", "http://customerio.example", "CustomerIo__AllowHttp", "true")]
    [InlineData("Delivery__BatchAnonymous", "Delivery__BatchAnonymous", "true")]
    public void A_setting_that_would_let_health_data_out_is_refused_in_hipaa_mode_only(string named, string name, string value, string other = "Mapping__ConvertDates", string otherValue = "true")
    {
        Valid((name, value), (other, otherValue), ("Privacy__Hipaa", "false")).Privacy.Hipaa.ShouldBeFalse();

        Problem problem = Invalid((name, value), (other, otherValue), ("Privacy__Hipaa", "true")).Problems.ShouldHaveSingleItem();

        problem.Where.ShouldBe(named);
        problem.Message.ShouldContain("Privacy__Hipaa is true");
    }

    [Fact]
    public void In_hipaa_mode_a_stand_in_on_this_machine_may_be_called_without_encryption() =>
        Valid(("Privacy__Hipaa", "true"), ("CustomerIo__TrackApiUrl", "http://127.0.0.1:7072")).Privacy.Hipaa.ShouldBeTrue();

    [Fact]
    public void Capitals_beside_the_setting_they_look_like_are_not_told() =>
        Valid(("SANDBOX_PORT", "80"), ("Sandbox__Port", "7073")).Warnings.ShouldBeEmpty();

    [Theory]
    [InlineData("https://proxy.example")]
    [InlineData("http://localhost:7072")]
    [InlineData("http://127.0.0.9")]
    [InlineData("http://[::1]:80")]
    public void A_track_api_is_reached_over_https_or_on_this_machine(string url) =>
        Valid(("CustomerIo__TrackApiUrl", url)).Warnings.ShouldBeEmpty();

    [Theory]
    [InlineData("http://proxy.example")]
    [InlineData("http://10.0.0.7:7072")]
    [InlineData("http://localhost.example")]
    public void Http_beyond_this_machine_is_refused_unless_it_is_allowed_and_warned_of_then(string url)
    {
        Problem problem = Invalid(("CustomerIo__TrackApiUrl", url)).Problems.ShouldHaveSingleItem();
        DestinationSettings allowed = Valid(("CustomerIo__TrackApiUrl", url), ("CustomerIo__AllowHttp", "true"));

        problem.Where.ShouldBe("CustomerIo__TrackApiUrl");
        problem.Message.ShouldContain("CustomerIo__AllowHttp=true");
        allowed.Warnings.ShouldHaveSingleItem().Message.ShouldContain("unencrypted");
    }

    [Theory]
    [InlineData("CustomerIo__SiteId", "CustomerIo__ApiKey")]
    [InlineData("CustomerIo__TrackApiUrl", "Mapping__EventIdProperty")]
    public void A_sandbox_beside_a_workspace_is_refused(string name, string other)
    {
        Problem problem = Invalid((name, "http://127.0.0.1:9"), (other, "key"), ("Sandbox__Enabled", "true")).Problems.ShouldHaveSingleItem();

        problem.Where.ShouldBe("Sandbox__Enabled");
        problem.Message.ShouldContain(name);
        Valid((name, "http://127.0.0.1:9"), (other, "key"), ("Sandbox__Enabled", "false")).Sandbox.Enabled.ShouldBe(false);
    }

    [Theory]
    [InlineData("Ingest__Keys__0")]
    [InlineData("Ingest__SigningSecret")]
    [InlineData("Ingest__LifecycleKey")]
    [InlineData("Admin__Keys__1")]
    public void A_reference_to_a_vault_that_was_not_resolved_is_no_key(string name)
    {
        Problem problem = Invalid((name, "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/key)")).Problems.ShouldHaveSingleItem();

        problem.Where.ShouldBe(name);
        problem.Message.ShouldContain("was not resolved");
        problem.Message.ShouldNotContain("vault.example");
    }

    [Fact]
    public void Every_setting_that_is_a_number_or_a_span_of_time_has_bounds() =>
        SettingNames.Settings
            .Where(setting => (Nullable.GetUnderlyingType(setting.Property.PropertyType) ?? setting.Property.PropertyType) is var type && (type == typeof(int) || type == typeof(double) || type == typeof(TimeSpan)))
            .Where(setting => !setting.Property.IsDefined(typeof(RangeAttribute)))
            .Select(setting => setting.Name)
            .ShouldBeEmpty();

    [Fact]
    public void Every_setting_with_a_bound_is_refused_beyond_it()
    {
        Setting[] bounded = [.. SettingNames.Settings.Where(setting => setting.Property.IsDefined(typeof(RangeAttribute)))];

        bounded.Length.ShouldBeGreaterThan(10);
        foreach (Setting setting in bounded)
        {
            string beyond = setting.Property.PropertyType == typeof(int) ? "2147483647" : setting.Property.PropertyType == typeof(double) ? "1.01" : "3650.00:00:01";
            Invalid((setting.Name, beyond)).Problems.ShouldHaveSingleItem().Where.ShouldBe(setting.Name);
        }
    }

    [Fact]
    public void Every_problem_is_listed_in_one_message()
    {
        Checked<DestinationSettings>.Invalid invalid = Invalid(("Delivery__Mode", "bulk"), ("Sandbox__Port", "x"), ("Mapping__Typo", "1"));

        invalid.Problems.Count.ShouldBe(3);
        invalid.Message.ShouldContain("3 problems");
        invalid.Message.ShouldContain("Delivery__Mode");
        invalid.Message.ShouldContain("Sandbox__Port");
        invalid.Message.ShouldContain("Mapping__Typo");
    }

    [Fact]
    public void A_secret_is_never_printed()
    {
        Checked<DestinationSettings>.Invalid invalid = Invalid(("CustomerIo__ApiKey", "s3cr3t-value"), ("Ingest__Keys__0", "s3cr3t"), ("Admin__Keys__0", "s3cr3t-value-long-enough"));
        DestinationSettings valid = Valid(("Ingest__SigningSecret", "s3cr3t-value-long-enough"));

        invalid.Message.ShouldNotContain("s3cr3t");
        invalid.ToString().ShouldNotContain("s3cr3t");
        valid.ToString().ShouldNotContain("s3cr3t");
        valid.Ingest.SigningSecret!.ToString().ShouldBe("***");
        valid.Ingest.SigningSecret.Reveal().ShouldBe("s3cr3t-value-long-enough");
    }

    [Fact]
    public void One_key_may_not_both_send_and_read() =>
        Invalid(("Ingest__Keys__0", "the-very-same-key-1"), ("Admin__Keys__1", "the-very-same-key-1"))
            .Problems.ShouldHaveSingleItem().Message.ShouldContain("an ingest key must never read");

    [Fact]
    public void A_queue_on_Service_Bus_needs_one_way_to_reach_it()
    {
        Invalid(("Queue__Kind", "ServiceBus")).Problems.ShouldHaveSingleItem().Message.ShouldContain("is missing");
        const string ConnectionString = "Endpoint=sb://x;SharedAccessKeyName=name;SharedAccessKey=s3cr3t";
        Invalid(("Queue__Kind", "ServiceBus"), ("ServiceBus", ConnectionString), ("ServiceBus__fullyQualifiedNamespace", "x.servicebus.windows.net"))
            .Problems.ShouldHaveSingleItem().Message.ShouldContain("only one");

        Invalid(("ServiceBus", "s3cr3t")).Message.ShouldContain("is no connection string");
        Invalid(("ServiceBus", "s3cr3t")).Message.ShouldNotContain("s3cr3t");

        ServiceBusSettings byName = Valid(
            ("Queue__Kind", "ServiceBus"),
            ("ServiceBus__fullyQualifiedNamespace", "x.servicebus.windows.net"),
            ("ServiceBus__clientId", "read by the Functions host"),
            ("ServiceBus__credential", "managedidentity")).ServiceBus;

        byName.FullyQualifiedNamespace.ShouldBe("x.servicebus.windows.net");
        byName.QueueName.ShouldBe("freshpaint-events");
        Valid(("ServiceBus", ConnectionString), ("ServiceBusQueueName", "other")).ServiceBus.QueueName.ShouldBe("other");
    }

    [Theory]
    [InlineData("x.servicebus.windows.net")]
    [InlineData("https://x.servicebus.windows.net:443/")]
    [InlineData("sb://x.servicebus.windows.net/")]
    [InlineData("x.servicebus.windows.net/")]
    [InlineData("x.servicebus.windows.net:5671")]
    public void A_namespace_is_taken_from_its_address(string given) =>
        Valid(("ServiceBus__fullyQualifiedNamespace", given)).ServiceBus.FullyQualifiedNamespace.ShouldBe("x.servicebus.windows.net");

    [Theory]
    [InlineData("sbns-example")]
    [InlineData("https://sbns-example/")]
    [InlineData("https://x.servicebus.windows.net/queue")]
    [InlineData("my namespace.net")]
    public void A_namespace_without_its_domain_is_refused_with_what_is_expected(string given)
    {
        Problem problem = Invalid(("ServiceBus__fullyQualifiedNamespace", given)).Problems.ShouldHaveSingleItem();

        problem.Where.ShouldBe("ServiceBus__fullyQualifiedNamespace");
        problem.Message.ShouldContain("like my-namespace.servicebus.windows.net");
    }

    [Fact]
    public void The_broker_is_reached_over_web_sockets_where_that_is_asked_for()
    {
        Valid().ServiceBus.TransportType.ShouldBe(BrokerTransport.AmqpTcp);
        Valid(("ServiceBus__TransportType", "amqpWebSockets")).ServiceBus.TransportType.ShouldBe(BrokerTransport.AmqpWebSockets);
    }

    [Fact]
    public void Empty_counts_as_not_set() =>
        Describe(Valid(("CustomerIo__SiteId", " "), ("Delivery__Mode", ""))).ShouldBe(Describe(new DestinationSettings()));

    [Fact]
    public void Every_property_of_the_settings_has_a_name_and_every_name_a_property()
    {
        IEnumerable<string> properties = typeof(DestinationSettings).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .SelectMany(section => section.PropertyType.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(property => $"{section.Name}__{property.Name}"));
        IEnumerable<string> names = SettingNames.All.Select(name => name.EndsWith("__0", StringComparison.Ordinal) || name.EndsWith("__1", StringComparison.Ordinal) ? name[..^3] : name);

        // The Functions host and its triggers fix these names. What an identify may say is a matter of who sent it, and of the mapping.
        names = names.Select(name => name switch
        {
            "RateShare" or "DeliveryLog" => $"{name}__ConnectionString",
            "RateShare__blobServiceUri" => "RateShare__BlobServiceUri",
            "DeliveryLog__tableServiceUri" => "DeliveryLog__TableServiceUri",
            "ServiceBus" => "ServiceBus__ConnectionString",
            "ServiceBus__fullyQualifiedNamespace" => "ServiceBus__FullyQualifiedNamespace",
            "ServiceBusQueueName" => "ServiceBus__QueueName",
            "Ingest__BrowserIdentify" => "Mapping__BrowserIdentify",
            _ => name,
        });

        properties.Order(StringComparer.Ordinal).ShouldBe(names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    private static string Describe(DestinationSettings settings) => JsonSerializer.Serialize(settings);

    private static DestinationSettings Valid(params (string, string)[] settings) => Read(settings).ShouldBeOfType<Checked<DestinationSettings>.Valid>().Value;

    private static Checked<DestinationSettings>.Invalid Invalid(params (string, string)[] settings) => Read(settings).ShouldBeOfType<Checked<DestinationSettings>.Invalid>();

    private static Checked<DestinationSettings> Read((string Name, string Value)[] settings) => SettingsReader.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)))
        .Build());
}
