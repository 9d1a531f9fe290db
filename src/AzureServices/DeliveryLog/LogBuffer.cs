using System.Threading.Channels;
using CustomerIoDestination.Queueing;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.DeliveryLog;

/// <summary>Lines on their way to storage. Full, it lets the oldest go and says so: a log must not stop what it is a log of. Thread-safe.</summary>
internal sealed partial class LogBuffer
{
    /// <summary>The most lines that wait: minutes of traffic.</summary>
    public const int MaxLines = 50_000;

    private readonly Channel<DeliveryLogEntry> _lines;
    private readonly ILogger<LogBuffer> _logger;
    private long _lost;

    public LogBuffer(ILogger<LogBuffer> logger)
    {
        _logger = logger;
        _lines = Channel.CreateBounded<DeliveryLogEntry>(
            new BoundedChannelOptions(MaxLines) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref _lost));
    }

    /// <summary>Adds lines.</summary>
    public void Add(IReadOnlyList<DeliveryLogEntry> entries)
    {
        foreach (DeliveryLogEntry entry in entries)
        {
            _lines.Writer.TryWrite(entry);
        }
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

        if (Interlocked.Exchange(ref _lost, 0) is > 0 and long lost)
        {
            Log.LinesLost(_logger, lost);
        }

        return taken;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Lines} lines of the delivery log were lost: storage does not take them as fast as they come. Events are not affected.")]
        public static partial void LinesLost(ILogger logger, long lines);
    }
}
