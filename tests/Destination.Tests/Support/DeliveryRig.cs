using CustomerIoDestination.Delivery;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;
using CustomerIoDestination.QueueContract;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Support;

/// <summary>The delivering side as it is wired, with a stub for Customer.io and a clock that stands still until it is told.</summary>
internal sealed class DeliveryRig : IDisposable, IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public DeliveryRig(DeliverySettings? delivery = null, CustomerIoSettings? customerIo = null, Action<IServiceCollection>? configure = null, MappingSettings? mapping = null)
    {
        Clock.SeeAll();
        ServiceCollection services = new();
        services.AddLogging(logging => logging.AddFakeLogging().SetMinimumLevel(LogLevel.Trace));
        services.AddSingleton(customerIo ?? Sandbox);
        services.AddSingleton(delivery ?? new DeliverySettings { RequestsPerSecond = 1_000 });
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(new Random(1));
        RulesSource rules = RulesSource.Of(DestinationRules.None);
        services.AddSingleton(rules);
        services.AddSingleton(new DestinationSettings { Mapping = mapping ?? new MappingSettings() });
        services.AddSingleton(new EnvelopeMapper(mapping ?? new MappingSettings(), new LimitSettings(), rules));
        services.AddSingleton<IPersonStore>(People);
        configure?.Invoke(services);
        services.AddCustomerIoDelivery();
        services.AddHttpClient(TrackApiWire.ClientName).ConfigurePrimaryHttpMessageHandler(() => Api);
        _services = services.BuildServiceProvider();
    }

    public static CustomerIoSettings Sandbox { get; } = new()
    {
        SiteId = "site",
        ApiKey = new Secret("marked-key"),
        TrackApiUrl = new Uri("http://track.test"),
    };

    public FakeTimeProvider Time { get; } = new(Some.Now);

    public StubTrackApi Api { get; } = new();

    public MemoryPersonStore People { get; } = new();

    public PersonMemory Memory => Get<PersonMemory>();

    public TrackApiClient Client => Get<TrackApiClient>();

    public DeliveryHandler Handler => Get<DeliveryHandler>();

    public DeliveryGate Gate => Get<DeliveryGate>();

    public IDestinationControl Control => Get<IDestinationControl>();

    public FakeLogCollector Logs => Get<FakeLogCollector>();

    public PauseProbe Probe => Get<IEnumerable<IHostedService>>().OfType<PauseProbe>().Single();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Lets the clock run until the task ends.</summary>
    public Task<T> RunAsync<T>(Task<T> task, double stepMs = 100) => Clock.RunAsync(Time, task, TimeSpan.FromMilliseconds(stepMs));

    /// <summary>Lets the clock run until the task ends.</summary>
    public Task RunAsync(Task task, double stepMs = 100) => Clock.RunAsync(Time, task, TimeSpan.FromMilliseconds(stepMs));

    /// <summary>Lets the clock run for so long.</summary>
    public Task RunAsync(TimeSpan span, double stepMs = 1000) => Clock.RunAsync(Time, span, TimeSpan.FromMilliseconds(stepMs));

    /// <summary>
    /// Ends it. What calls the pipeline still carries it waits for by the fake clock, which nobody moves any more when a test has failed in between: it runs
    /// here, so that the test ends with what it failed of instead of waiting for ever.
    /// </summary>
    public void Dispose()
    {
        Task end = _services.DisposeAsync().AsTask();
        while (!end.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            Thread.Sleep(1);
        }
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync() => await RunAsync(_services.DisposeAsync().AsTask(), stepMs: 1000);
}
