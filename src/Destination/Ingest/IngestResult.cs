using CustomerIoDestination.Model;

namespace CustomerIoDestination.Ingest;

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
