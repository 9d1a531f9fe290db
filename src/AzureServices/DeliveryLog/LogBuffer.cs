using System.Diagnostics.Metrics;
using System.Threading.Channels;
using CustomerIoDestination.Model;
using CustomerIoDestination.Telemetry;
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

    private readonly Channel<NumberedLine> _lines;
    private readonly LogMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<LogBuffer> _logger;
    private readonly Lock _gate = new();
    private long _last;
    private long _lost;
    private long? _toldAt;

    public LogBuffer(LogMetrics metrics, TimeProvider time, ILogger<LogBuffer> logger)
    {
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _lines = Channel.CreateBounded<NumberedLine>(
            new BoundedChannelOptions(MaxLines) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => OnLost());
    }

    /// <summary>Adds lines, those of one moment in the order in which they followed each other.</summary>
    public void Add(IReadOnlyList<DeliveryLogEntry> entries)
    {
        foreach (DeliveryLogEntry entry in entries)
        {
            _lines.Writer.TryWrite(new NumberedLine(Interlocked.Increment(ref _last), entry));
        }

        TellOfLost();
    }

    /// <summary>Waits for lines.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _lines.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes what is there, at most so many.</summary>
    public IReadOnlyList<NumberedLine> Take(int most)
    {
        List<NumberedLine> taken = [];
        while (taken.Count < most && _lines.Reader.TryRead(out NumberedLine? line))
        {
            taken.Add(line);
        }

        TellOfLost();
        return taken;
    }

    /// <summary>Lines that were taken and could not be written are lost: counts them, and says so now, because nobody may be there to say so later.</summary>
    public void GiveUp(int lines)
    {
        if (lines > 0)
        {
            _metrics.Lost(lines);
            Log.LinesLost(_logger, lines + Interlocked.Exchange(ref _lost, 0));
        }
    }

    private void OnLost()
    {
        _metrics.Lost(1);
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

/// <summary>A line of the log and its place among those of its process: a clock alone does not order what happens within one of its ticks.</summary>
/// <param name="Number">Counted up from 1 by each process.</param>
/// <param name="Entry">The line.</param>
internal sealed record NumberedLine(long Number, DeliveryLogEntry Entry);

/// <summary>
/// What is to be known of the log itself.
/// <list type="table">
/// <item><term><c>destination.delivery_log.lost</c></term><description>lines let go because storage took none</description></item>
/// </list>
/// </summary>
internal sealed class LogMetrics(IMeterFactory factory)
{
    private readonly Counter<long> _lost = factory.Create(DestinationTracing.Name).CreateCounter<long>("destination.delivery_log.lost", "{line}");

    /// <summary>So many lines were let go.</summary>
    public void Lost(int lines) => _lost.Add(lines);
}
