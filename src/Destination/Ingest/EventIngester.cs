using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Text;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Ingest;

/// <summary>
/// Takes a request's body in: splits it, reads each item, gives each event its id and partition, leaves out what is not to be sent, and puts the
/// rest on the queue. Good items of a request are accepted whatever the others are.
/// </summary>
public sealed partial class EventIngester(
    IEventQueue queue,
    IDeliveryLog log,
    EventCounters counters,
    DestinationMetrics metrics,
    DestinationSettings settings,
    RulesSource rules,
    SteadyClock clock,
    Random random,
    ILogger<EventIngester> logger)
{
    /// <summary>Takes a body in. When it answers <see cref="IngestResult.Ingested"/>, the accepted items are durably queued.</summary>
    /// <param name="body">The body, decompressed.</param>
    /// <param name="request">What the headers said.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IngestResult> IngestAsync(ReadOnlyMemory<byte> body, IngestRequest request, CancellationToken cancellationToken)
    {
        int maxItems = request.FromBrowser ? IngestRequest.BrowserItems : BodySplitter.MaxItems;
        switch (BodySplitter.Split(body, maxItems))
        {
            case BodyItems.TooMany:
                return new IngestResult.TooManyItems(maxItems);
            case BodyItems.Unreadable unreadable:
                Count(received: 1, accepted: 0, rejected: 1, skipped: 0);
                return new IngestResult.Ingested(0, [], [new RejectedItem(0, unreadable.Code, unreadable.Message)]);
            case BodyItems.Items items:
                long maxBytes = MaxMergedBytes(request);
                return Sort(items, request, maxBytes) is not { } sorted ? new IngestResult.TooLarge(maxBytes)
                    : sorted.Device is { } device && request.Rate?.WhyWait(device) is { } wait ? new IngestResult.TooMany(wait)
                    : await QueueAsync(sorted, items.Values.Count, cancellationToken).ConfigureAwait(false);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    // What the events of one batch may have in sum, once each has what the object around the batch says for all: 8 times the body's bound.
    private long MaxMergedBytes(IngestRequest request) => 8L * (request.FromBrowser ? Math.Min(IngestRequest.BrowserBodyBytes, settings.Ingest.MaxBodyBytes) : settings.Ingest.MaxBodyBytes);

    private async Task<IngestResult> QueueAsync(SortedItems sorted, int received, CancellationToken cancellationToken)
    {
        IReadOnlyList<int> tooLarge = [];
        if (sorted.Envelopes.Count > 0)
        {
            switch (await queue.EnqueueAsync(sorted.Envelopes, cancellationToken).ConfigureAwait(false))
            {
                case EnqueueResult.Unavailable unavailable:
                    metrics.IngestUnavailable(unavailable.Code);
                    return new IngestResult.Unavailable(unavailable.Code, unavailable.RetryAfter);
                case EnqueueResult.Enqueued enqueued:
                    tooLarge = enqueued.TooLarge;
                    break;
            }
        }

        await RecordSkipsAsync(sorted.Skips, cancellationToken).ConfigureAwait(false);

        var eventIds = new List<string>(sorted.Envelopes.Count - tooLarge.Count);
        for (int i = 0; i < sorted.Envelopes.Count; i++)
        {
            if (tooLarge.Contains(i))
            {
                sorted.Rejected.Add(new RejectedItem(sorted.Indexes[i], "event_too_large", "the event does not fit into a message of the queue"));
            }
            else
            {
                eventIds.Add(sorted.Envelopes[i].EventId);
            }
        }

        Count(received, eventIds.Count, sorted.Rejected.Count, sorted.Skips.Count);
        return new IngestResult.Ingested(sorted.Skips.Count, eventIds, [.. sorted.Rejected.OrderBy(item => item.Index)]);
    }

    // What is queued stays promised whatever becomes of the log.
    private async Task RecordSkipsAsync(List<DeliveryLogEntry> skips, CancellationToken cancellationToken)
    {
        if (skips.Count == 0)
        {
            return;
        }

        try
        {
            await log.RecordAsync(skips, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A log that can't be written must not turn a kept promise into an error.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.SkipsNotRecorded(logger, skips.Count, failure.GetType().Name);
        }
    }

    private void Count(int received, int accepted, int rejected, int skipped)
    {
        counters.Ingested(received, accepted, rejected, skipped);
        metrics.Ingested(accepted, rejected, skipped);
    }

    // Null when what a batch says for all its events makes them too much in sum: a small request must not become a large one.
    private SortedItems? Sort(BodyItems.Items items, IngestRequest request, long maxBytes)
    {
        var sorted = new SortedItems(new(items.Values.Count), new(items.Values.Count), [], []);
        ClockReading now = clock.Read();
        var factory = new EnvelopeFactory(request, now, settings, random);
        DestinationRules current = rules.Current;
        long bytes = 0;
        using var table = new JsonTable();
        for (int index = 0; index < items.Values.Count; index++)
        {
            switch (factory.Read(items.Values[index], items.Wrapper, table, out EventEnvelope? envelope))
            {
                case EventItem.Bad bad:
                    sorted.Rejected.Add(new RejectedItem(index, bad.Code, bad.Message));
                    break;
                case EventItem.Readable { Event: var source }:
                    bytes += envelope!.Body.Length;
                    if (request.Rate is not null)
                    {
                        sorted.Device ??= source.Head.DeviceId.IsPresent ? BrowserRate.KeyOf(source.Head.DeviceId.Text.Span) : null;
                    }

                    if (items.Wrapper is not null && bytes > maxBytes)
                    {
                        return null;
                    }

                    if (EventAdmission.Decide(source, current, settings.Mapping) is { } skip)
                    {
                        sorted.Skips.Add(SkipEntry(envelope, skip.Reason, now.Wall));
                    }
                    else
                    {
                        sorted.Envelopes.Add(envelope);
                        sorted.Indexes.Add(index);
                    }

                    break;
            }
        }

        return sorted;
    }

    private static DeliveryLogEntry SkipEntry(EventEnvelope envelope, SkipReason reason, DateTimeOffset now) => new()
    {
        At = now,
        EventId = envelope.EventId,
        Kind = envelope.Kind,
        Lane = envelope.Lane,
        Step = EventStep.Ingest,
        Outcome = AttemptOutcome.Skipped,
        Reason = reason.ToCode(),
    };

    private sealed record SortedItems(List<EventEnvelope> Envelopes, List<int> Indexes, List<DeliveryLogEntry> Skips, List<RejectedItem> Rejected)
    {
        // Of the first event that has one; a browser's requests are of one device each.
        public UInt128? Device { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Count} skipped events were not recorded in the delivery log ({ExceptionType}).")]
        public static partial void SkipsNotRecorded(ILogger logger, int count, string exceptionType);
    }
}

/// <summary>What the headers of an ingest request said.</summary>
/// <param name="Lane">The lane asked for; null for none.</param>
/// <param name="LifecycleAllowed">Whether the request carried the lifecycle key.</param>
/// <param name="TraceParent">The W3C trace parent; null for none.</param>
public sealed record IngestRequest(Lane? Lane, bool LifecycleAllowed, string? TraceParent)
{
    /// <summary>The most bytes of a browser's request, before and after gunzip: 64 KB, as much as a beacon may carry.</summary>
    public const int BrowserBodyBytes = 64 * 1024;

    /// <summary>The most items of a browser's request.</summary>
    public const int BrowserItems = 100;

    /// <summary>Whether its identifies count as of now, whatever their own time.</summary>
    public bool AsOfNow { get; init; }

    /// <summary>Whether it came with a write key: fewer and smaller items, fewer kinds, no lane and no lifecycle.</summary>
    public bool FromBrowser { get; init; }

    /// <summary>What a browser's device is held to; null for nothing.</summary>
    public BrowserRate? Rate { get; init; }
}

/// <summary>What came of an ingest request.</summary>
public abstract record IngestResult
{
    private IngestResult()
    {
    }

    /// <summary>The queue has every accepted item durably.</summary>
    /// <param name="Skipped">Items not meant to be sent.</param>
    /// <param name="EventIds">The accepted items' event ids, in the order given.</param>
    /// <param name="Rejected">Items that are no events.</param>
    public sealed record Ingested(int Skipped, IReadOnlyList<string> EventIds, IReadOnlyList<RejectedItem> Rejected) : IngestResult;

    /// <summary>More items than one request may hold; none was taken.</summary>
    /// <param name="Limit">The most.</param>
    public sealed record TooManyItems(int Limit) : IngestResult;

    /// <summary>The events of a batch are too much in sum, once each has what the object around them says for all; none was taken.</summary>
    /// <param name="Limit">The most bytes.</param>
    public sealed record TooLarge(long Limit) : IngestResult;

    /// <summary>The device has made as many requests as it may; none was taken.</summary>
    /// <param name="RetryAfter">When to try again.</param>
    public sealed record TooMany(TimeSpan RetryAfter) : IngestResult;

    /// <summary>The queue can't take events now; none of the request was promised.</summary>
    /// <param name="Code">A bounded code.</param>
    /// <param name="RetryAfter">When to try again.</param>
    public sealed record Unavailable(string Code, TimeSpan RetryAfter) : IngestResult;
}

/// <summary>An item that is no event.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
/// <param name="Code">A code from a closed set: <c>invalid_event</c>, <c>invalid_json</c>, <c>invalid_encoding</c>, <c>too_deep</c>, <c>event_too_large</c>, <c>not_from_browsers</c>.</param>
/// <param name="Message">What is wrong, where and how much; never data of the event.</param>
public sealed record RejectedItem(int Index, string Code, string Message);
