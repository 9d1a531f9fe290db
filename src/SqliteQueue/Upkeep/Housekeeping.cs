using System.Globalization;
using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.SqliteQueue.Writing;
using CustomerIoDestination.Time;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.SqliteQueue.Upkeep;

/// <summary>
/// What nobody waits for: forgets what was kept long enough, empties the WAL, gives pages back. Every step is small commits, so that
/// deliveries pass between them.
/// </summary>
internal sealed partial class Housekeeping(
    ReaderPool readers,
    Writer writer,
    Checkpoints checkpoints,
    TimeSpan deadLetterRetention,
    SteadyClock clock,
    TimeProvider timeProvider,
    ILogger logger)
{
    private const int RowsPerCommit = 1_000;
    private const int DeadLettersPerCommit = 100;
    private const int KeysPerTurn = 5_000;
    private const int PagesPerCommit = 500;
    private const int PagesWorthShrinking = 2_000;
    private const int ShrinkingCommits = 20;
    private const int ShallowQueue = 1_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongInterval = TimeSpan.FromHours(1);

    private byte[]? _seenCursor = [];
    private long _commitsAtTruncation = -1;
    private long _truncatedAt = timeProvider.GetTimestamp();
    private long _seenRoundEndedAt;
    private string? _failed;

    private long Depth => writer.Counters.Depth(Lane.Live) + writer.Counters.Depth(Lane.Import);

    /// <summary>Does its turn each second until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, timeProvider, cancellationToken);
            try
            {
                await TakeTurnAsync(cancellationToken);
                _failed = null;
            }
            catch (Exception e) when (e is QueueClosedException or ObjectDisposedException || cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Nobody would notice that it ended: it must outlive any trouble of the file.
            catch (Exception e)
#pragma warning restore CA1031
            {
                SayOnce(e);
            }
        }
    }

    public async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        await TrimLogAsync(cancellationToken);
        await PurgeDeadLettersAsync(cancellationToken);
        await ForgetSeenAsync(cancellationToken);
        await ShrinkAsync(cancellationToken);
        await TruncateAsync();
    }

    private async Task TrimLogAsync(CancellationToken cancellationToken)
    {
        while (await readers.ReadAsync(reader => reader.Log.NeedsTrimming(clock.UtcNow, DeliveryLogTable.MaxLines), cancellationToken))
        {
            int removed = await writer.WriteAsync(new WriteWork<int>(
                static session => session.Log.Trim(session.Now, DeliveryLogTable.MaxLines, RowsPerCommit)));
            if (removed == 0)
            {
                return;
            }
        }
    }

    private async Task PurgeDeadLettersAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset before = clock.UtcNow - deadLetterRetention;
        while (await readers.ReadAsync(reader => reader.DeadLetters.Oldest() < before, cancellationToken))
        {
            int removed = await writer.WriteAsync(new WriteWork<int>(session =>
            {
                IReadOnlyList<DeadLetterKey> expired = session.DeadLetters.FindExpired(before, DeadLettersPerCommit);
                foreach (DeadLetterKey deadLetter in expired)
                {
                    session.RemoveDeadLetter(deadLetter);
                }

                return expired.Count;
            }));
            if (removed == 0)
            {
                return;
            }
        }
    }

    /// <summary>One stretch a turn; after a round through all keys the next one starts an hour later.</summary>
    private async Task ForgetSeenAsync(CancellationToken cancellationToken)
    {
        if (_seenCursor is null && timeProvider.GetElapsedTime(_seenRoundEndedAt) < LongInterval)
        {
            return;
        }

        DateTimeOffset now = clock.UtcNow;
        byte[] first = _seenCursor ?? [];
        (byte[]? last, bool hasExpired) = await readers.ReadAsync(
            reader => reader.Seen.ReadStretch(first, KeysPerTurn, SeenTable.OldestDay(now)), cancellationToken);
        if (last is not null && hasExpired)
        {
            await writer.WriteAsync(new WriteWork<int>(session => session.Seen.DeleteExpired(first, last, now)));
        }

        _seenCursor = last;
        if (last is null)
        {
            _seenRoundEndedAt = timeProvider.GetTimestamp();
        }
    }

    /// <summary>After a backlog the file is given back to the disk; while one lies there its pages will be needed again.</summary>
    private async Task ShrinkAsync(CancellationToken cancellationToken)
    {
        for (int commit = 0; commit < ShrinkingCommits && Depth < ShallowQueue
            && await readers.ReadAsync(static reader => reader.FreePages(), cancellationToken) > PagesWorthShrinking; commit++)
        {
            await writer.WriteAsync(new WriteWork<bool>(static session =>
            {
                session.Shrink(PagesPerCommit);
                return true;
            }));
        }
    }

    /// <summary>Deleted bodies must leave the WAL too: when the queue ran empty, and in any case each hour.</summary>
    private async Task TruncateAsync()
    {
        long commits = writer.Commits;
        if (commits == _commitsAtTruncation || !(Depth == 0 || timeProvider.GetElapsedTime(_truncatedAt) >= LongInterval))
        {
            return;
        }

        if (!await writer.WriteAsync(new WriteWork<bool>(_ => checkpoints.Truncate(), runsAlone: true)))
        {
            return;
        }

        _commitsAtTruncation = commits;
        _truncatedAt = timeProvider.GetTimestamp();
    }

    private void SayOnce(Exception exception)
    {
        string code = exception is SqliteException sqlite
            ? string.Create(CultureInfo.InvariantCulture, $"sqlite_{sqlite.SqliteExtendedErrorCode}")
            : exception.GetType().Name;
        if (code != _failed)
        {
            _failed = code;
            Log.TurnFailed(logger, code);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Housekeeping of the queue file failed ({Code}); it is tried again each second.")]
        public static partial void TurnFailed(ILogger logger, string code);
    }
}
