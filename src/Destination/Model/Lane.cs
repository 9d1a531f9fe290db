namespace CustomerIoDestination.Model;

/// <summary>
/// One of the two queues in the queue: live traffic, and imports (backfills) that must not starve it.
/// Order holds inside a lane; across lanes <c>_timestamp</c> and <c>timestamp</c> decide.
/// </summary>
public enum Lane
{
    /// <summary>Traffic as it happens. Served first.</summary>
    [Code("live")]
    Live,

    /// <summary>Backfills and imports. Keeps a fifth of the rate while live traffic waits.</summary>
    [Code("import")]
    Import,
}
