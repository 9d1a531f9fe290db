using System.Diagnostics.Metrics;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Telemetry;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>
/// What the alerts look at.
/// <list type="table">
/// <item><term><c>destination.watch.runs</c></term><description>the watch's heartbeat: one each minute, whatever its steps come to</description></item>
/// <item><term><c>destination.queue.oldest_age</c></term><description>seconds the oldest unfinished event waits; this and the next two are silent while the queue can't be reached</description></item>
/// <item><term><c>destination.queue.ready</c></term><description>events that wait</description></item>
/// <item><term><c>destination.queue.dead_letters</c></term><description>dead letters</description></item>
/// <item><term><c>destination.functions.failed</c></term><description>functions that did not do what they are for, by <c>function</c> and <c>step</c>, thrown or not</description></item>
/// <item><term><c>destination.paused</c></term><description>1 while the destination is paused, with its <c>reason</c>, else 0</description></item>
/// </list>
/// </summary>
public sealed class QueueMetrics
{
    private readonly Counter<long> _runs;
    private readonly Gauge<double> _oldestAge;
    private readonly Gauge<long> _ready;
    private readonly Gauge<long> _deadLetters;
    private readonly Gauge<int> _paused;
    private readonly Counter<long> _failed;

    /// <summary>Creates the instruments on the destination's meter.</summary>
    public QueueMetrics(IMeterFactory factory)
    {
        Meter meter = factory.Create(DestinationTracing.Name);
        _runs = meter.CreateCounter<long>("destination.watch.runs", "{run}");
        _oldestAge = meter.CreateGauge<double>("destination.queue.oldest_age", "s");
        _ready = meter.CreateGauge<long>("destination.queue.ready", "{event}");
        _deadLetters = meter.CreateGauge<long>("destination.queue.dead_letters", "{event}");
        _paused = meter.CreateGauge<int>("destination.paused");
        _failed = meter.CreateCounter<long>("destination.functions.failed", "{run}");
    }

    internal void Ran() => _runs.Add(1);

    /// <summary>A step of the watch failed.</summary>
    internal void WatchFailed(string step) => Failed("WatchQueue", step);

    /// <summary>An event could not be handled, for a reason that is not the event's, nor that somebody else has its session.</summary>
    internal void DeliveryFailed(string step) => Failed("DeliverEvent", step);

    internal void Record(QueueStatus status)
    {
        _oldestAge.Record(status.OldestAge.TotalSeconds);
        _ready.Record(status.Ready);
        _deadLetters.Record(status.DeadLettered);
    }

    internal void Record(DeliveryStatus status) =>
        _paused.Record(status.State == DestinationState.Paused ? 1 : 0, new KeyValuePair<string, object?>("reason", status.Reason));

    private void Failed(string function, string step) =>
        _failed.Add(1, new KeyValuePair<string, object?>("function", function), new KeyValuePair<string, object?>("step", step));
}
