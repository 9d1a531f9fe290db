namespace CustomerIoDestination.HttpApi.Bodies;

/// <summary>
/// The memory that the bodies of all requests together may take: a body counts from its first byte until its request is answered. Bodies whose sender is
/// not proven yet (a signature is checked only when the body is there) have a smaller share, so that strangers can't take what proven senders need.
/// Thread-safe; one a process.
/// </summary>
internal sealed class BodyBudget
{
    /// <summary>The most bytes of all bodies: 64 MiB.</summary>
    public const long MostBytes = 64 * 1024 * 1024;

    /// <summary>Of those, the most of bodies whose sender is not proven: 16 MiB.</summary>
    public const long MostUnprovenBytes = 16 * 1024 * 1024;

    private long _taken;
    private long _unproven;

    /// <summary>Bytes taken now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>A share for one request, empty at first. Disposing gives it back.</summary>
    /// <param name="isProven">Whether the sender is known to be one that may send.</param>
    public Share Begin(bool isProven) => new(this, isProven);

    private static bool TryAdd(ref long total, long bytes, long most)
    {
        if (Interlocked.Add(ref total, bytes) <= most)
        {
            return true;
        }

        Interlocked.Add(ref total, -bytes);
        return false;
    }

    /// <summary>What one request has of the budget. Not thread-safe, but for <see cref="Dispose"/>, which may come twice.</summary>
    internal sealed class Share(BodyBudget budget, bool isProven) : IDisposable
    {
        private bool _isProven = isProven;
        private long _bytes;

        /// <summary>Takes so many bytes more; false when they are not to be had, and nothing was taken.</summary>
        public bool TryGrow(long bytes)
        {
            if (!_isProven && !TryAdd(ref budget._unproven, bytes, MostUnprovenBytes))
            {
                return false;
            }

            if (!TryAdd(ref budget._taken, bytes, MostBytes))
            {
                Interlocked.Add(ref budget._unproven, _isProven ? 0 : -bytes);
                return false;
            }

            Interlocked.Add(ref _bytes, bytes);
            return true;
        }

        /// <summary>The sender is proven now: what it has is no stranger's any more.</summary>
        public void Prove()
        {
            if (!_isProven)
            {
                _isProven = true;
                Interlocked.Add(ref budget._unproven, -_bytes);
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            long bytes = Interlocked.Exchange(ref _bytes, 0);
            Interlocked.Add(ref budget._taken, -bytes);
            Interlocked.Add(ref budget._unproven, _isProven ? 0 : -bytes);
        }
    }
}
