using System.Diagnostics.Metrics;
using CustomerIoDestination.AzureServices.DeliveryLog;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.DeliveryLog;

public sealed class LogBufferTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<LogBuffer> _log = new();

    [Fact]
    public void When_storage_takes_nothing_the_oldest_lines_go_and_are_counted()
    {
        using MetricCollector<long> lost = new(Meters, DestinationTracing.Name, "destination.delivery_log.lost");
        LogBuffer buffer = SomeLog.Buffer(_time, Meters, _log);

        buffer.Add([.. Enumerable.Range(0, LogBuffer.MaxLines + 3).Select(SomeLog.Line)]);

        buffer.Take(1).ShouldHaveSingleItem().Entry.Attempts.ShouldBe(3);
        lost.GetMeasurementSnapshot().EvaluateAsCounter().ShouldBe(3);
    }

    [Fact]
    public void Lost_lines_are_told_of_once_a_minute_though_storage_takes_none()
    {
        LogBuffer buffer = SomeLog.Buffer(_time, Meters, _log);
        buffer.Add([.. Enumerable.Range(0, LogBuffer.MaxLines + 3).Select(SomeLog.Line)]);

        for (int second = 0; second < 120; second++)
        {
            buffer.Add([SomeLog.Line(second)]);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _log.Collector.GetSnapshot().Select(record => record.Message.Split(' ')[0]).ShouldBe(["3", "61"]);
    }

    public void Dispose() => _services.Dispose();

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();
}
