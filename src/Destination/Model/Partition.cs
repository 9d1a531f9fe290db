using System.Globalization;

namespace CustomerIoDestination.Model;

/// <summary>
/// The unit of order inside a lane: all events of one device lie in one partition, and a partition is worked on by one
/// consumer at a time. On Service Bus it is a session.
/// </summary>
/// <param name="Lane">The lane it belongs to.</param>
/// <param name="Number">Its number, from 0 to the lane's count of partitions less one.</param>
public readonly record struct Partition(Lane Lane, int Number)
{
    /// <summary>The most partitions a lane may have: two digits name them.</summary>
    public const int MaxCount = 100;

    /// <summary>The session id, for instance <c>l-07</c> or <c>i-63</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Lane == Lane.Live ? 'l' : 'i')}-{Number:D2}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string? text, out Partition partition)
    {
        partition = default;
        if (text is not ['l' or 'i', '-', _, _] || !int.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return false;
        }

        partition = new Partition(text[0] == 'l' ? Lane.Live : Lane.Import, number);
        return true;
    }
}

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
