using System.Threading.Channels;
using CustomerIoDestination.Queueing;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.DeliveryLog;

/// <summary>
/// Lines on their way to storage. Full, it lets the oldest go, counts them, and says so once a minute: a log must not stop what it is a log of.
/// Thread-safe.
/// </summary>
internal sealed partial class LogBuffer
{
    /// <summary>The most lines that wait: minutes of traffic.</summary>
    public const int MaxLines = 50_000;

    private static readonly TimeSpan BetweenWords = TimeSpan.FromMinutes(1);

    private readonly Channel<DeliveryLogEntry> _lines;
    private readonly LogMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<LogBuffer> _logger;
    private readonly Lock _gate = new();
    private long _lost;
    private long? _toldAt;

    public LogBuffer(LogMetrics metrics, TimeProvider time, ILogger<LogBuffer> logger)
    {
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _lines = Channel.CreateBounded<DeliveryLogEntry>(
            new BoundedChannelOptions(MaxLines) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => OnLost());
    }

    /// <summary>Adds lines.</summary>
    public void Add(IReadOnlyList<DeliveryLogEntry> entries)
    {
        foreach (DeliveryLogEntry entry in entries)
        {
            _lines.Writer.TryWrite(entry);
        }

        TellOfLost();
    }

    /// <summary>Waits for lines.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _lines.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes what is there, at most so many.</summary>
    public IReadOnlyList<DeliveryLogEntry> Take(int most)
    {
        List<DeliveryLogEntry> taken = [];
        while (taken.Count < most && _lines.Reader.TryRead(out DeliveryLogEntry? entry))
        {
            taken.Add(entry);
        }

        TellOfLost();
        return taken;
    }

    private void OnLost()
    {
        _metrics.Lost();
        Interlocked.Increment(ref _lost);
    }

    private void TellOfLost()
    {
        if (Volatile.Read(ref _lost) == 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_toldAt is { } told && _time.GetElapsedTime(told) < BetweenWords)
            {
                return;
            }

            _toldAt = _time.GetTimestamp();
        }

        Log.LinesLost(_logger, Interlocked.Exchange(ref _lost, 0));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Lines} lines of the delivery log were lost: storage does not take them as fast as they come. Events are not affected.")]
        public static partial void LinesLost(ILogger logger, long lines);
    }
}
