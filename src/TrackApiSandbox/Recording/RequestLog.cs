using System.Globalization;
using TrackApiSandbox.Snapshots;
using TrackApiSandbox.State;
using TrackApiSandbox.TrackApi;

namespace TrackApiSandbox.Recording;

/// <summary>
/// The calls received: totals of all, and the newest ones whole. Its size is bounded, so that millions of calls cost no memory.
/// </summary>
internal sealed class RequestLog(TimeProvider time)
{
    /// <summary>Calls kept.</summary>
    public const int Capacity = 10_000;

    /// <summary>Bytes of one body kept; the rest is cut off.</summary>
    public const int MaxBodyBytes = 128 * 1024;

    /// <summary>Bytes of all bodies kept; the oldest calls go first.</summary>
    public const int MaxTotalBodyBytes = 64 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private readonly Queue<ReceivedRequest> _kept = new();
    private readonly long[] _byRoute = new long[Enum.GetValues<TrackApiRoute>().Length];
    private readonly long[] _byStatus = new long[600];
    private SlidingSecond _second = new(time.TimestampFrequency);
    private long _sequence;
    private long _keptBodyBytes;

    public ReceivedRequest Receive(TrackApiRoute route, string method, string target, ReadOnlySpan<byte> body)
    {
        bool truncated = body.Length > MaxBodyBytes;
        byte[] keptBody = body[..Math.Min(body.Length, MaxBodyBytes)].ToArray();
        lock (_gate)
        {
            long now = time.GetTimestamp();
            var request = new ReceivedRequest(++_sequence, time.GetElapsedTime(_start, now).TotalMilliseconds, method, target, keptBody, truncated);
            _second.Add(now);
            _byRoute[(int)route]++;
            _kept.Enqueue(request);
            _keptBodyBytes += keptBody.Length;
            while (_kept.Count > Capacity || _keptBodyBytes > MaxTotalBodyBytes)
            {
                _keptBodyBytes -= _kept.Dequeue().BodyBytes;
            }

            return request;
        }
    }

    /// <summary>Notes what came of a call, before it is answered.</summary>
    /// <param name="request">The call.</param>
    /// <param name="applied">Whether its change was made.</param>
    /// <param name="refusedItems">Items of a batch that were not taken.</param>
    /// <param name="status">The status answered; null when it gets no whole answer.</param>
    public void Decide(ReceivedRequest request, bool applied, IReadOnlyList<int>? refusedItems, int? status)
    {
        request.Decide(applied, refusedItems, status, Interlocked.Read(ref _sequence));
        if (status is { } answered)
        {
            Interlocked.Increment(ref _byStatus[answered]);
        }
    }

    public IReadOnlyList<ReceivedRequest> After(long sequence, int limit)
    {
        lock (_gate)
        {
            return [.. _kept.SkipWhile(request => request.Sequence <= sequence).Take(limit)];
        }
    }

    public SandboxStats Stats(WorkspaceTotals workspace)
    {
        lock (_gate)
        {
            long requests = _byRoute.Sum();
            Dictionary<string, long> byStatus = Enumerable.Range(0, _byStatus.Length)
                .Select(status => (Status: status, Count: Interlocked.Read(ref _byStatus[status])))
                .Where(entry => entry.Count > 0)
                .ToDictionary(entry => entry.Status.ToString(CultureInfo.InvariantCulture), entry => entry.Count, StringComparer.Ordinal);
            Dictionary<string, long> byRoute = Enum.GetValues<TrackApiRoute>()
                .Where(route => _byRoute[(int)route] > 0)
                .ToDictionary(TrackApiRoutes.Template, route => _byRoute[(int)route], StringComparer.Ordinal);
            return new SandboxStats(
                requests,
                byRoute,
                byStatus,
                Math.Max(0, requests - byStatus.Values.Sum()),
                _second.Highest,
                workspace.People,
                workspace.Events,
                workspace.Dropped);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _kept.Clear();
            _keptBodyBytes = 0;
            Array.Clear(_byRoute);
            Array.Clear(_byStatus);
            _second = new SlidingSecond(time.TimestampFrequency);
        }
    }
}

/// <summary>The highest number of arrivals in any span of one second. Holds one timestamp per arrival of the last second, no more.</summary>
internal sealed class SlidingSecond(long ticksPerSecond)
{
    private readonly Queue<long> _lastSecond = new();

    public long Highest { get; private set; }

    /// <summary>Counts an arrival; timestamps must not decrease.</summary>
    public void Add(long timestamp)
    {
        while (_lastSecond.TryPeek(out long oldest) && timestamp - oldest >= ticksPerSecond)
        {
            _lastSecond.Dequeue();
        }

        _lastSecond.Enqueue(timestamp);
        Highest = Math.Max(Highest, _lastSecond.Count);
    }
}
