using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.Telemetry;

/// <summary>
/// The metrics of the destination, a method a fact. Tags are codes from closed sets; no metric holds an identifier or a value.
/// <list type="table">
/// <item><term><c>destination.events.ingested</c></term><description>items in requests, by <c>result</c> (accepted, rejected, skipped)</description></item>
/// <item><term><c>destination.ingest.unavailable</c></term><description>requests answered 503 because the queue took nothing, by <c>code</c></description></item>
/// <item><term><c>destination.ingest.limited</c></term><description>browsers' requests answered 429, by <c>reason</c> (device, address)</description></item>
/// <item><term><c>destination.deliveries</c></term><description>passes of the delivery handler, by <c>outcome</c>, <c>reason</c>, <c>kind</c>, <c>lane</c></description></item>
/// <item><term><c>destination.events.warned</c></term><description>events that came to an end with a warning, by its <c>code</c> and <c>kind</c></description></item>
/// <item><term><c>destination.delivery.duration</c></term><description>seconds a pass took, waits included, by <c>outcome</c>, <c>lane</c></description></item>
/// <item><term><c>destination.delivery.latency</c></term><description>seconds from receipt to delivery, by <c>lane</c></description></item>
/// <item><term><c>destination.calls</c></term><description>seconds a call to Customer.io took, by <c>method</c>, <c>route</c> (a template), <c>code</c></description></item>
/// <item><term><c>destination.calls.repeated</c></term><description>calls that were repeated</description></item>
/// <item><term><c>destination.rate.lowered</c></term><description>times a 429 halved the rate</description></item>
/// <item><term><c>destination.breaker.opened</c></term><description>times the breaker opened</description></item>
/// <item><term><c>destination.pauses</c></term><description>times the destination paused, by <c>reason</c></description></item>
/// <item><term><c>destination.batch.items</c></term><description>items in a batch sent</description></item>
/// <item><term><c>destination.watch.runs</c></term><description>the watch's heartbeat: one each minute, whatever its steps come to; this and the rest is what alerts look at</description></item>
/// <item><term><c>destination.queue.oldest_age</c></term><description>seconds the oldest unfinished event waits; this and the next two are silent while the queue can't be reached</description></item>
/// <item><term><c>destination.queue.ready</c></term><description>events that wait</description></item>
/// <item><term><c>destination.queue.dead_letters</c></term><description>dead letters</description></item>
/// <item><term><c>destination.functions.failed</c></term><description>functions that did not do what they are for, by <c>function</c> and <c>step</c>, thrown or not</description></item>
/// <item><term><c>destination.paused</c></term><description>1 while the destination is paused, with its <c>reason</c>, else 0</description></item>
/// </list>
/// </summary>
public sealed class DestinationMetrics
{
    private readonly Counter<long> _ingested;
    private readonly Counter<long> _unavailable;
    private readonly Counter<long> _limited;
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _warned;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _latency;
    private readonly Histogram<double> _calls;
    private readonly Counter<long> _repeated;
    private readonly Counter<long> _lowered;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _pauses;
    private readonly Histogram<int> _batchItems;
    private readonly Counter<long> _watches;
    private readonly Gauge<double> _oldestAge;
    private readonly Gauge<long> _ready;
    private readonly Gauge<long> _waitingDeadLetters;
    private readonly Gauge<int> _paused;
    private readonly Counter<long> _failed;

    /// <summary>Creates the instruments on the meter <see cref="DestinationTracing.Name"/>.</summary>
    public DestinationMetrics(IMeterFactory factory)
    {
        Meter meter = factory.Create(DestinationTracing.Name);
        _ingested = meter.CreateCounter<long>("destination.events.ingested", "{event}");
        _unavailable = meter.CreateCounter<long>("destination.ingest.unavailable", "{request}");
        _limited = meter.CreateCounter<long>("destination.ingest.limited", "{request}");
        _deliveries = meter.CreateCounter<long>("destination.deliveries", "{delivery}");
        _warned = meter.CreateCounter<long>("destination.events.warned", "{event}");
        _duration = meter.CreateHistogram<double>("destination.delivery.duration", "s");
        _latency = meter.CreateHistogram<double>("destination.delivery.latency", "s");
        _calls = meter.CreateHistogram<double>("destination.calls", "s");
        _repeated = meter.CreateCounter<long>("destination.calls.repeated", "{call}");
        _lowered = meter.CreateCounter<long>("destination.rate.lowered");
        _opened = meter.CreateCounter<long>("destination.breaker.opened");
        _pauses = meter.CreateCounter<long>("destination.pauses");
        _batchItems = meter.CreateHistogram<int>("destination.batch.items", "{item}");
        _watches = meter.CreateCounter<long>("destination.watch.runs", "{run}");
        _oldestAge = meter.CreateGauge<double>("destination.queue.oldest_age", "s");
        _ready = meter.CreateGauge<long>("destination.queue.ready", "{event}");
        _waitingDeadLetters = meter.CreateGauge<long>("destination.queue.dead_letters", "{event}");
        _paused = meter.CreateGauge<int>("destination.paused");
        _failed = meter.CreateCounter<long>("destination.functions.failed", "{run}");
    }

    /// <summary>A request with events came in.</summary>
    public void Ingested(int accepted, int rejected, int skipped)
    {
        _ingested.Add(accepted, Tag("result", "accepted"));
        _ingested.Add(rejected, Tag("result", "rejected"));
        _ingested.Add(skipped, Tag("result", "skipped"));
    }

    /// <summary>A request with events was refused, because the queue took nothing.</summary>
    /// <param name="code">Why, as a code.</param>
    public void IngestUnavailable(string code) => _unavailable.Add(1, Tag("code", code));

    /// <summary>A browser's request was refused, because there were too many.</summary>
    /// <param name="reason">Of what there were too many, as a code.</param>
    public void IngestLimited(string reason) => _limited.Add(1, Tag("reason", reason));

    /// <summary>A pass of the delivery handler ended.</summary>
    public void Ended(DeliveryAttempt attempt)
    {
        string outcome = attempt.Outcome.ToCode();
        string lane = attempt.Lane.ToCode();
        if (_deliveries.Enabled)
        {
            TagList tags = new() { Tag("outcome", outcome), Tag("reason", attempt.Reason), Tag("kind", attempt.Kind.ToCode()), Tag("lane", lane) };
            _deliveries.Add(1, tags);
        }

        if (attempt.Outcome != AttemptOutcome.Released)
        {
            foreach (WarningCode code in MappingWarning.CodesOf(attempt.Warnings))
            {
                _warned.Add(1, Tag("code", code.ToCode()), Tag("kind", attempt.Kind.ToCode()));
            }
        }

        _duration.Record(attempt.Duration.TotalSeconds, Tag("outcome", outcome), Tag("lane", lane));
        if (attempt.Outcome == AttemptOutcome.Delivered)
        {
            _latency.Record(Math.Max(0, (attempt.At - attempt.ReceivedAt).TotalSeconds), Tag("lane", lane));
        }
    }

    /// <summary>The watch began a run.</summary>
    public void Watched() => _watches.Add(1);

    /// <summary>The watch saw the queue.</summary>
    public void Watched(QueueStatus queue)
    {
        _oldestAge.Record(queue.OldestAge.TotalSeconds);
        _ready.Record(queue.Ready);
        _waitingDeadLetters.Record(queue.DeadLettered);
    }

    /// <summary>The watch saw whether the destination is paused.</summary>
    public void Watched(DeliveryStatus delivery) => _paused.Record(delivery.State == DestinationState.Paused ? 1 : 0, Tag("reason", delivery.Reason));

    /// <summary>A step of the watch failed.</summary>
    /// <param name="step">Which one.</param>
    public void WatchFailed(string step) => Failed("WatchQueue", step);

    /// <summary>An event could not be handled, for a reason that is not the event's, nor that somebody else has its session.</summary>
    /// <param name="step">What was tried.</param>
    public void DeliveryFailed(string step) => Failed("DeliverEvent", step);

    /// <summary>A call to Customer.io ended.</summary>
    /// <param name="route">The path's template.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="code">The status or the failure, as a code.</param>
    /// <param name="took">How long it took.</param>
    internal void Called(string route, HttpMethod method, string code, TimeSpan took) =>
        _calls.Record(took.TotalSeconds, Tag("method", method.Method), Tag("route", route), Tag("code", code));

    /// <summary>Calls were repeated.</summary>
    internal void Repeated(int calls) => _repeated.Add(calls);

    /// <summary>A 429 halved the rate.</summary>
    internal void RateLowered() => _lowered.Add(1);

    internal void BreakerOpened() => _opened.Add(1);

    /// <summary>The destination paused.</summary>
    internal void Paused(string reason) => _pauses.Add(1, Tag("reason", reason));

    /// <summary>A batch was sent.</summary>
    internal void BatchSent(int items) => _batchItems.Record(items);

    private void Failed(string function, string step) => _failed.Add(1, Tag("function", function), Tag("step", step));

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);
}

/// <summary>Counts what becomes of events in this process, for the status. Thread-safe; one instance a process.</summary>
/// <param name="time">Tells since when.</param>
public sealed class EventCounters(TimeProvider time) : IEventCounts
{
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private readonly ConcurrentDictionary<DeadLetterReason, long> _deadLettered = new();
    private readonly ConcurrentDictionary<WarningCode, long> _warned = new();
    private long _received;
    private long _accepted;
    private long _rejected;
    private long _skippedItems;
    private long _skipped;
    private long _delivered;
    private long _retried;

    /// <summary>Items that are no events.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Items not meant to be sent, which no queue ever saw.</summary>
    public long SkippedItems => Interlocked.Read(ref _skippedItems);

    /// <summary>Failed calls that are made again.</summary>
    public long Retried => Interlocked.Read(ref _retried);

    /// <summary>One request came in.</summary>
    /// <param name="received">Items in it.</param>
    /// <param name="accepted">Items the queue has now.</param>
    /// <param name="rejected">Items answered by index.</param>
    /// <param name="skipped">Items not meant to be sent.</param>
    public void Ingested(int received, int accepted, int rejected, int skipped)
    {
        Interlocked.Add(ref _received, received);
        Interlocked.Add(ref _accepted, accepted);
        Interlocked.Add(ref _rejected, rejected);
        Interlocked.Add(ref _skippedItems, skipped);
    }

    /// <summary>So many calls failed and are made again.</summary>
    public void CallsFailed(int calls) => Interlocked.Add(ref _retried, calls);

    /// <summary>So many events that nobody held were taken off the queue on purpose. The embedded queue counts its own.</summary>
    public void Removed(int events) => Interlocked.Add(ref _skipped, events);

    /// <summary>A pass of the delivery handler ended.</summary>
    public void Ended(DeliveryAttempt attempt)
    {
        if (attempt.Outcome != AttemptOutcome.Released)
        {
            foreach (WarningCode code in MappingWarning.CodesOf(attempt.Warnings))
            {
                _warned.AddOrUpdate(code, 1, static (_, count) => count + 1);
            }
        }

        switch (attempt)
        {
            case { IsRepeat: true, Outcome: AttemptOutcome.Delivered or AttemptOutcome.Skipped }:
                // Its event was counted when it was delivered first.
                break;
            case { Outcome: AttemptOutcome.Delivered }:
                Interlocked.Increment(ref _delivered);
                break;
            case { Outcome: AttemptOutcome.Skipped }:
                Interlocked.Increment(ref _skipped);
                break;
            case { Settlement: Settlement.DeadLetter dead }:
                _deadLettered.AddOrUpdate(dead.Reason, 1, static (_, count) => count + 1);
                break;
        }
    }

    /// <summary>The counts now.</summary>
    public EventCounts Read() => new(
        Interlocked.Read(ref _received),
        Interlocked.Read(ref _accepted),
        Rejected,
        SkippedItems + Interlocked.Read(ref _skipped),
        Interlocked.Read(ref _delivered),
        Retried,
        _deadLettered.ToDictionary(pair => pair.Key.ToCode(), pair => pair.Value, StringComparer.Ordinal))
    {
        Since = _since,
        Warnings = _warned.ToDictionary(pair => pair.Key.ToCode(), pair => pair.Value, StringComparer.Ordinal),
    };
}
