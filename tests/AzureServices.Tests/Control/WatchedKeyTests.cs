using System.Diagnostics.Metrics;
using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.Control;
using CustomerIoDestination.AzureServices.DeliveryLog;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using TrackApiSandbox;
using TrackApiSandbox.Faults;

namespace CustomerIoDestination.AzureServices.Tests.Control;

/// <summary>What becomes of a key that goes bad while nothing is delivered.</summary>
public sealed class WatchedKeyTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private SandboxServer _customerIo = null!;
    private ServiceProvider _services = null!;

    public async Task InitializeAsync()
    {
        _customerIo = await SandboxServer.StartAsync(new SandboxOptions { Port = 0 }, TimeProvider.System, CancellationToken.None);
        DestinationSettings settings = new()
        {
            CustomerIo = new CustomerIoSettings { SiteId = "site", ApiKey = new Secret("key"), TrackApiUrl = _customerIo.BaseAddress },
        };
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton(settings)
            .AddSingleton(settings.CustomerIo)
            .AddSingleton(settings.Delivery)
            .AddSingleton(new EnvelopeMapper(settings.Mapping, settings.Limits, AzureSettings.OpenRules(settings)))
            .AddCustomerIoDelivery()
            .AddSingleton<DestinationMetrics>()
            .BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _customerIo.DisposeAsync();
    }

    [AzuriteFact]
    public async Task A_key_that_is_refused_pauses_the_destination_and_one_that_is_good_again_ends_it()
    {
        QueueWatch watch = await WatchAsync();
        using MetricCollector<int> paused = new(_services.GetRequiredService<IMeterFactory>(), DestinationTracing.Name, "destination.paused");

        await LookAsync(watch);
        (await StatusAsync()).State.ShouldBe(DestinationState.Delivering);
        paused.LastMeasurement!.Value.ShouldBe(0);

        _customerIo.AddFault(new Fault { Status = 401 });
        await LookAsync(watch);
        ((await StatusAsync()).State, (await StatusAsync()).Reason).ShouldBe((DestinationState.Paused, "credentials_refused"));
        paused.LastMeasurement!.Value.ShouldBe(1);
        paused.LastMeasurement.Tags["reason"].ShouldBe("credentials_refused");

        _customerIo.ClearFaults();
        await LookAsync(watch);
        (await StatusAsync()).State.ShouldBe(DestinationState.Delivering);
        paused.LastMeasurement!.Value.ShouldBe(0);
    }

    [AzuriteFact]
    public async Task No_answer_pauses_nothing()
    {
        QueueWatch watch = await WatchAsync();
        await _customerIo.DisposeAsync();

        await LookAsync(watch);

        (await StatusAsync()).State.ShouldBe(DestinationState.Delivering);
    }

    [AzuriteFact]
    public async Task No_answer_ends_no_pause()
    {
        QueueWatch watch = await WatchAsync();
        _customerIo.AddFault(new Fault { Status = 401 });
        await LookAsync(watch);
        await _customerIo.DisposeAsync();

        await LookAsync(watch);

        (await StatusAsync()).State.ShouldBe(DestinationState.Paused);
    }

    // Time passes while it looks, for the client's own repetitions and the end of its patience.
    private async Task LookAsync(QueueWatch watch)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        Task looking = watch.RunAsync(CancellationToken.None);
        while (await Task.WhenAny(looking, Task.Delay(TimeSpan.FromMilliseconds(20))) != looking)
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
        }

        await looking;
    }

    private Task<DeliveryStatus> StatusAsync() => _services.GetRequiredService<IDestinationControl>().GetStatusAsync(CancellationToken.None);

    private async Task<QueueWatch> WatchAsync()
    {
        TableServiceClient tables = new(await Azurite.NewAccountAsync());
        TableAccess access = new(TimeProvider.System);
        Mock<IEventQueue> queue = new();
        queue.Setup(asked => asked.GetStatusAsync(It.IsAny<CancellationToken>())).ReturnsAsync(new QueueStatus(true, LaneStatus.Empty, LaneStatus.Empty, 0));
        return new QueueWatch(
            queue.Object,
            static _ => Task.FromResult(new DeadLetterPass(0, 0, [], More: false)),
            _services.GetRequiredService<IDestinationControl>(),
            _services.GetRequiredService<DestinationControl>(),
            _services.GetRequiredService<DestinationMetrics>(),
            new DayTables(tables, access, _time),
            new ControlTable(tables, access),
            _services.GetRequiredService<DestinationSettings>(),
            _time,
            NullLogger<QueueWatch>.Instance);
    }
}
