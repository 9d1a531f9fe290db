namespace CustomerIoDestination.SqliteQueue.Leasing;

/// <summary>
/// The bytes of bodies that consumers may hold in all. With many partitions of big events in hand, runs become shorter, down to a single event, which
/// every partition gets: nothing starves, and what is over the budget is at most one event a partition. Thread-safe.
/// </summary>
/// <param name="maxBytes">The budget.</param>
internal sealed class RunBudget(long maxBytes)
{
    /// <summary>The budget of a process: 64 MB.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>The most bytes of one run: 4 MB.</summary>
    public const long MaxRunBytes = 4 * 1024 * 1024;

    // Whoever comes takes no more than this part of what is left, so that those behind get more than crumbs.
    private const long Part = 4;

    private long _inHand;

    /// <summary>Bytes in hand, those included that are being read.</summary>
    public long InHand => Interlocked.Read(ref _inHand);

    /// <summary>How many bytes the next run may have, beyond its first event.</summary>
    public static long BytesFor(long maxBytes, long inHand) => Math.Clamp((maxBytes - inHand) / Part, 0, MaxRunBytes);

    /// <summary>Takes a share for a run that is about to be read.</summary>
    public Share Take()
    {
        while (true)
        {
            long inHand = InHand;
            long bytes = BytesFor(maxBytes, inHand);
            if (Interlocked.CompareExchange(ref _inHand, inHand + bytes, inHand) == inHand)
            {
                return new Share(this, bytes);
            }
        }
    }

    /// <summary>What one run takes of the budget. Disposing gives it back.</summary>
    public sealed class Share(RunBudget budget, long bytes) : IDisposable
    {
        private long _bytes = bytes;

        /// <summary>How many bytes the run may have, beyond its first event.</summary>
        public long Bytes => _bytes;

        /// <summary>The run was read: it takes this much.</summary>
        public void Use(long used)
        {
            Interlocked.Add(ref budget._inHand, used - _bytes);
            _bytes = used;
        }

        public void Dispose() => Use(0);
    }
}
