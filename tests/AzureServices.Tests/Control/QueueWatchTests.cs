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
using CustomerIoDestination.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace CustomerIoDestination.AzureServices.Tests.Control;

public sealed class QueueWatchTests : IDisposable
{
    private static readonly DestinationSettings Settings = new() { Delivery = new DeliverySettings { Enabled = false } };

    private readonly Mock<IEventQueue> _queue = new();
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddSingleton(Settings.CustomerIo)
        .AddSingleton(Settings.Delivery)
        .AddSingleton(new EnvelopeMapper(Settings.Mapping, Settings.Limits, AzureSettings.OpenRules(Settings)))
        .AddCustomerIoDelivery()
        .AddSingleton<DestinationMetrics>()
        .BuildServiceProvider();

    private int _purged;

    [AzuriteFact]
    public async Task The_watch_tells_the_metrics_and_removes_dead_letters_that_are_too_old()
    {
        _queue.Setup(queue => queue.GetStatusAsync(It.IsAny<CancellationToken>()))
            .ReturnsAsync(new QueueStatus(true, new LaneStatus(7, 1, TimeSpan.FromSeconds(90)), LaneStatus.Empty, 3));
        using MetricCollector<double> age = Collect<double>("destination.queue.oldest_age");
        using MetricCollector<long> deadLetters = Collect<long>("destination.queue.dead_letters");
        using MetricCollector<int> paused = Collect<int>("destination.paused");

        await (await WatchAsync()).RunAsync(CancellationToken.None);

        age.LastMeasurement!.Value.ShouldBe(90);
        deadLetters.LastMeasurement!.Value.ShouldBe(3);
        paused.LastMeasurement!.Value.ShouldBe(0);
        _purged.ShouldBe(1);
    }

    [AzuriteFact]
    public async Task A_step_that_fails_fails_the_watch_but_stops_no_other()
    {
        _queue.Setup(queue => queue.GetStatusAsync(It.IsAny<CancellationToken>())).ThrowsAsync(new InvalidOperationException("no broker"));
        using MetricCollector<int> paused = Collect<int>("destination.paused");
        using MetricCollector<long> failed = Collect<long>("destination.functions.failed");
        QueueWatch watch = await WatchAsync();

        AggregateException failure = await Should.ThrowAsync<AggregateException>(() => watch.RunAsync(CancellationToken.None));

        failure.InnerExceptions.ShouldHaveSingleItem().Message.ShouldBe("no broker");
        failed.GetMeasurementSnapshot().Select(measurement => (measurement.Tags["function"], measurement.Tags["step"])).ShouldBe([("WatchQueue", "queue")]);
        paused.LastMeasurement.ShouldNotBeNull();
        _purged.ShouldBe(1);
    }

    [AzuriteFact]
    public async Task A_queue_that_can_not_be_reached_is_no_empty_one()
    {
        _queue.Setup(queue => queue.GetStatusAsync(It.IsAny<CancellationToken>())).ReturnsAsync((QueueStatus?)null);
        using MetricCollector<double> age = Collect<double>("destination.queue.oldest_age");
        using MetricCollector<long> ready = Collect<long>("destination.queue.ready");
        using MetricCollector<long> deadLetters = Collect<long>("destination.queue.dead_letters");
        using MetricCollector<long> heartbeat = Collect<long>("destination.watch.runs");
        QueueWatch watch = await WatchAsync();

        AggregateException failure = await Should.ThrowAsync<AggregateException>(() => watch.RunAsync(CancellationToken.None));

        failure.InnerExceptions.ShouldHaveSingleItem().Message.ShouldContain("can't be reached");
        age.LastMeasurement.ShouldBeNull();
        ready.LastMeasurement.ShouldBeNull();
        deadLetters.LastMeasurement.ShouldBeNull();
        heartbeat.LastMeasurement!.Value.ShouldBe(1);
    }

    public void Dispose() => _services.Dispose();

    private async Task<QueueWatch> WatchAsync()
    {
        TableServiceClient tables = new(await Azurite.NewAccountAsync());
        TableAccess access = new(TimeProvider.System);
        return new QueueWatch(
            _queue.Object,
            _ =>
            {
                _purged++;
                return Task.CompletedTask;
            },
            _services.GetRequiredService<IDestinationControl>(),
            _services.GetRequiredService<DestinationControl>(),
            _services.GetRequiredService<DestinationMetrics>(),
            new TableRetention(new DayTables(tables, access, TimeProvider.System), new ControlTable(tables, access), new SteadyClock(TimeProvider.System), NullLogger<TableRetention>.Instance),
            Settings,
            TimeProvider.System,
            NullLogger<QueueWatch>.Instance);
    }

    private MetricCollector<T> Collect<T>(string name)
        where T : struct => new(_services.GetRequiredService<IMeterFactory>(), DestinationTracing.Name, name);
}
