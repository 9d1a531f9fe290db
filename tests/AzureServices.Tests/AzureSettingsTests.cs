using Azure.Core;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Configuration;
using Moq;

namespace CustomerIoDestination.AzureServices.Tests;

/// <summary>The working directory belongs to the process, so these run alone.</summary>
[CollectionDefinition(nameof(AzureSettingsTests), DisableParallelization = true)]
[Collection(nameof(AzureSettingsTests))]
public sealed class AzureSettingsTests : IDisposable
{
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly string _elsewhere = Directory.CreateTempSubdirectory("standby-").FullName;
    private readonly string _name = $"{Guid.NewGuid():N}.json";

    public AzureSettingsTests()
    {
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, _name), """{"pages": false}""");
        Directory.SetCurrentDirectory(_elsewhere);
    }

    [Fact]
    public void A_relative_path_of_the_rules_counts_from_the_application_wherever_the_platform_starts_it()
    {
        RulesSource rules = AzureSettings.OpenRules(new DestinationSettings { Rules = new RulesSettings { Path = _name } });

        rules.Status.Path.ShouldBe(Path.Combine(AppContext.BaseDirectory, _name));
    }

    [Fact]
    public void A_path_without_a_file_stops_the_start() =>
        Should.Throw<InvalidOperationException>(() => AzureSettings.OpenRules(new DestinationSettings { Rules = new RulesSettings { Path = "missing.json" } }))
            .Message.ShouldContain("does not exist");

    [Fact]
    public void The_settings_of_the_queue_are_enough() =>
        Read(("ServiceBus:fullyQualifiedNamespace", "sbns.servicebus.windows.net"), ("ServiceBusQueueName", "events")).ServiceBus.QueueName.ShouldBe("events");

    [Theory]
    [InlineData("ServiceBusQueueName", "ServiceBusQueueName: is missing")]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "ServiceBus__fullyQualifiedNamespace: is missing")]
    public void A_setting_of_the_queue_that_is_missing_stops_the_start_and_is_named(string missing, string problem)
    {
        Dictionary<string, string?> settings = new(StringComparer.Ordinal)
        {
            ["Queue:Kind"] = "ServiceBus",
            ["ServiceBus:fullyQualifiedNamespace"] = "sbns.servicebus.windows.net",
            ["ServiceBusQueueName"] = "events",
        };
        settings[missing] = " ";

        string message = Should.Throw<InvalidOperationException>(() => Read(settings)).Message;

        message.ShouldStartWith("The settings have 1 problem:");
        message.ShouldContain(problem);
    }

    // The product could do with the address; the trigger, which reads the same setting, can not.
    [Fact]
    public void An_address_in_the_place_of_the_namespace_stops_the_start()
    {
        string message = Should.Throw<InvalidOperationException>(
            () => Read(("ServiceBus:fullyQualifiedNamespace", "https://sbns.servicebus.windows.net:443/"), ("ServiceBusQueueName", "events"))).Message;

        message.ShouldContain("ServiceBus__fullyQualifiedNamespace: is an address; the trigger takes a host name alone");
    }

    [Theory]
    [InlineData(BrokerTransport.AmqpTcp, ServiceBusTransportType.AmqpTcp)]
    [InlineData(BrokerTransport.AmqpWebSockets, ServiceBusTransportType.AmqpWebSockets)]
    public async Task The_client_reaches_the_broker_as_the_setting_says(BrokerTransport setting, ServiceBusTransportType transport)
    {
        await using QueueConnection connection = QueueConnection.Open(
            new ServiceBusSettings { FullyQualifiedNamespace = "sbns.servicebus.windows.net", TransportType = setting }, Mock.Of<TokenCredential>());

        connection.Client.TransportType.ShouldBe(transport);
    }

    [Fact]
    public void A_missing_setting_is_told_beside_a_wrong_one_in_one_message()
    {
        string message = Should.Throw<InvalidOperationException>(() => Read(("Delivery:Mode", "bacth"))).Message;

        message.ShouldStartWith("The settings have 3 problems:");
        message.ShouldContain("Delivery__Mode");
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_elsewhere, recursive: true);
        File.Delete(Path.Combine(AppContext.BaseDirectory, _name));
    }

    private static DestinationSettings Read(params (string Name, string Value)[] settings) =>
        Read(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value, StringComparer.Ordinal));

    private static DestinationSettings Read(Dictionary<string, string?> settings) =>
        AzureSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
}
