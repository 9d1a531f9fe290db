using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.Control;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Ports;
using CustomerIoDestination.QueueContract;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using TrackApiSandbox;

namespace CustomerIoDestination.AzureServices.Tests.Control;

/// <summary>One process of several that share a table: the delivering side as it is wired, and what tells the others of it.</summary>
internal sealed class OneProcess : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private OneProcess(string account, int seed, SandboxServer customerIo, TimeProvider time)
    {
        DestinationSettings settings = new()
        {
            CustomerIo = new CustomerIoSettings { SiteId = "site", ApiKey = new Secret("key"), TrackApiUrl = customerIo.BaseAddress },
        };
        _services = new ServiceCollection()
            .AddSingleton(time)
            .AddSingleton(settings.CustomerIo)
            .AddSingleton(settings.Delivery)
            .AddSingleton(settings)
            .AddSingleton(AzureSettings.OpenRules(settings))
            .AddSingleton(provider => new EnvelopeMapper(settings.Mapping, settings.Limits, provider.GetRequiredService<RulesSource>()))
            .AddSingleton<IPersonStore>(new MemoryPersonStore())
            .AddCustomerIoDelivery()
            .BuildServiceProvider();
        Own = _services.GetRequiredService<DestinationControl>();

        // The storage takes its own time.
        TableAccess access = new(TimeProvider.System);
        Table = new ControlTable(new TableServiceClient(account), access);
        Shared = new SharedControl(Own, Table, access, time, new Random(seed), InHand);
        Elsewhere = new InHandElsewhere(Shared, Table, time);
        Reporter = new Reporter(Shared, Own, Table, time, NullLogger<Reporter>.Instance);
    }

    public EventsInHand InHand { get; } = new();

    public DestinationControl Own { get; }

    public ControlTable Table { get; }

    public SharedControl Shared { get; }

    public InHandElsewhere Elsewhere { get; }

    public Reporter Reporter { get; }

    public DeliveryHandler Handler => _services.GetRequiredService<DeliveryHandler>();

    public static OneProcess Start(string account, int seed, SandboxServer customerIo, TimeProvider time) => new(account, seed, customerIo, time);

    public async ValueTask DisposeAsync()
    {
        Reporter.Dispose();
        await _services.DisposeAsync();
    }
}
