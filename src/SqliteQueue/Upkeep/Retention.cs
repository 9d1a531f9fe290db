using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.SqliteQueue.Writing;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.SqliteQueue.Upkeep;

/// <summary>
/// Forgets what was kept long enough: dead letters, lines of the delivery log, message ids. By age nothing is forgotten while the clock is doubted
/// (<see cref="SteadyClock"/>), which is said when it begins at a start and when it ends. Keeps the clock's memory in the file for the next start.
/// </summary>
internal sealed partial class Retention(
    ReaderPool readers, Writer writer, TimeSpan deadLetterRetention, SteadyClock clock, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>The most dead letters that are counted to say how many would go.</summary>
    public const int MaxCounted = 10_000;

    private const int RowsPerCommit = 1_000;
    private const int DeadLettersPerCommit = 100;
    private const int KeysPerTurn = 5_000;
    private const long NoSeenYet = -1;
    private static readonly TimeSpan PurgesToldInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DoubtedMemoryInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongInterval = TimeSpan.FromHours(1);

    private long? _seenCursor = NoSeenYet;
    private bool _isInIndex;
    private bool _isIndexStale;
    private long _seenRoundEndedAt;
    private long? _purgesToldAt;
    private long _rememberedAt = timeProvider.GetTimestamp();
    private long _summedAt = timeProvider.GetTimestamp();
    private int _deadLetters;
    private int _lines;
    private int _messageIds;
    private bool _isDoubtTold;

    /// <summary>Before when a dead letter must have become one to be too old.</summary>
    public DateTimeOffset DeadBefore(DateTimeOffset now) => now - deadLetterRetention;

    public async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        ClockReading now = clock.Read();
        await TellOfDoubtAsync(now, cancellationToken);
        await RememberAsync(now);
        await TrimLogAsync(now, cancellationToken);
        if (!now.IsDoubted)
        {
            await PurgeDeadLettersAsync(now.Believed, cancellationToken);
            await ForgetSeenAsync(now.Believed, cancellationToken);
        }

        TellWhatIsForgotten();
    }

    private async Task TellOfDoubtAsync(ClockReading now, CancellationToken cancellationToken)
    {
        if (now.ProofLeft is { } left && !_isDoubtTold)
        {
            _isDoubtTold = true;
            long due = await readers.ReadAsync(tables => tables.DeadLetters.CountExpired(DeadBefore(now.Wall), MaxCounted), cancellationToken);
            Log.StartDoubted(logger, (now.Wall - now.Believed).TotalDays, left.TotalHours, due);
        }
        else if (_isDoubtTold && !now.IsDoubted)
        {
            _isDoubtTold = false;
            Log.StartBelieved(logger);
        }
    }

    private async Task RememberAsync(ClockReading now)
    {
        if (timeProvider.GetElapsedTime(_rememberedAt) >= (now.IsDoubted ? DoubtedMemoryInterval : MemoryInterval))
        {
            _rememberedAt = timeProvider.GetTimestamp();
            await writer.WriteAsync(new WriteWork<bool>(static session => session.RememberClock()));
        }
    }

    private async Task TrimLogAsync(ClockReading now, CancellationToken cancellationToken)
    {
        while (await readers.ReadAsync(tables => tables.Log.NeedsTrimming(now, DeliveryLogTable.MaxLines), cancellationToken))
        {
            int removed = await writer.WriteAsync(new WriteWork<int>(session => session.Log.Trim(now, DeliveryLogTable.MaxLines, RowsPerCommit)));
            _lines += removed;
            if (removed == 0)
            {
                return;
            }
        }
    }

    private async Task PurgeDeadLettersAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        int corrected = RowsPerCommit;
        while (corrected == RowsPerCommit
            && await readers.ReadAsync(tables => tables.DeadLetters.Youngest() > now + SteadyClock.Tolerance, cancellationToken))
        {
            corrected = await writer.WriteAsync(new WriteWork<int>(session => session.DeadLetters.CorrectFuture(now, RowsPerCommit)));
        }

        int removed = DeadLettersPerCommit;
        while (removed > 0 && await readers.ReadAsync(tables => tables.DeadLetters.Oldest() < DeadBefore(now), cancellationToken))
        {
            removed = await writer.WriteAsync(new WriteWork<int>(session =>
            {
                IReadOnlyList<DeadLetterKey> expired = session.DeadLetters.FindExpired(DeadBefore(now), DeadLettersPerCommit);
                foreach (DeadLetterKey deadLetter in expired)
                {
                    session.RemoveDeadLetter(deadLetter);
                }

                return expired.Count;
            }));
            _deadLetters += removed;
        }
    }

    /// <summary>
    /// One stretch a turn: through all ids, and where some were forgotten through their index. After such a round the next one starts an hour later.
    /// </summary>
    private async Task ForgetSeenAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_seenCursor is null && timeProvider.GetElapsedTime(_seenRoundEndedAt) < LongInterval)
        {
            return;
        }

        while (await readers.ReadAsync(tables => tables.Seen.BeforeNeedsWork(now), cancellationToken))
        {
            _messageIds += await writer.WriteAsync(new WriteWork<int>(session => session.Seen.DeleteBefore(RowsPerCommit, now)));
        }

        long first = _seenCursor ?? NoSeenYet;
        bool isInIndex = _isInIndex;
        (long? last, bool needsWork) = await readers.ReadAsync(
            tables => isInIndex ? tables.Seen.ReadIndexStretch(first, KeysPerTurn) : tables.Seen.ReadStretch(first, KeysPerTurn, now), cancellationToken);
        if (last is { } end && needsWork)
        {
            int deleted = await writer.WriteAsync(new WriteWork<int>(
                session => isInIndex ? session.SeenRows.DeleteFromIndex(first, end) : session.SeenRows.DeleteExpired(first, end, now)));
            _messageIds += isInIndex ? 0 : deleted;
            _isIndexStale |= !isInIndex && deleted > 0;
        }

        _seenCursor = last;
        if (last is null)
        {
            (_isInIndex, _isIndexStale) = (_isIndexStale, false);
            _seenCursor = _isInIndex ? NoSeenYet : null;
            _seenRoundEndedAt = timeProvider.GetTimestamp();
        }
    }

    /// <summary>Purged dead letters make a line a minute at most. What goes steadily is summed up each hour.</summary>
    private void TellWhatIsForgotten()
    {
        if (_deadLetters > 0 && !(_purgesToldAt is { } told && timeProvider.GetElapsedTime(told) < PurgesToldInterval))
        {
            Log.Purged(logger, _deadLetters, deadLetterRetention);
            (_deadLetters, _purgesToldAt) = (0, timeProvider.GetTimestamp());
        }

        if (timeProvider.GetElapsedTime(_summedAt) < LongInterval)
        {
            return;
        }

        if (_lines + _messageIds > 0)
        {
            Log.Forgotten(logger, _lines, DeliveryLogTable.Retention.Days, DeliveryLogTable.MaxLines, _messageIds, SeenTable.WindowDays);
        }

        (_lines, _messageIds, _summedAt) = (0, 0, timeProvider.GetTimestamp());
    }

    private static partial class Log
    {
        [LoggerMessage(11, LogLevel.Warning,
            "The clock is {Days:F1} days from the last time this queue file knew: it is wrong, or the host was stopped for long. Nothing is purged and no event expires "
            + "until the host has run for {Hours:F1} h more, earlier starts included. By this clock {Count} dead letters would go then (10000: or more).")]
        public static partial void StartDoubted(ILogger logger, double days, double hours, long count);

        [LoggerMessage(12, LogLevel.Warning, "The clock is believed again: purging goes on, and events may expire.")]
        public static partial void StartBelieved(ILogger logger);

        [LoggerMessage(13, LogLevel.Information, "{Count} dead letters older than {Retention} were purged.")]
        public static partial void Purged(ILogger logger, int count, TimeSpan retention);

        [LoggerMessage(14, LogLevel.Information,
            "Forgotten within the last hour: {Lines} lines of the delivery log (older than {Days} days, or beyond the newest {MaxLines}) and {MessageIds} message ids (older than {Window} days).")]
        public static partial void Forgotten(ILogger logger, int lines, int days, int maxLines, int messageIds, int window);
    }
}
