using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.DeliveryLog;

/// <summary>
/// Writes the lines that wait, each second or, while there are many, one batch after the other, in as few transactions as the service allows and several
/// of them at once. At the stop what is left is written within <see cref="StopPatience"/>; what storage does not take by then is lost, and counted.
/// </summary>
internal sealed partial class LogWriter(DayTables days, TableAccess access, LogBuffer buffer, TimeProvider time, ILogger<LogWriter> logger) : BackgroundService
{
    /// <summary>The most lines of a batch.</summary>
    public const int MaxLines = 2_000;

    /// <summary>How long the stop of the host waits for storage.</summary>
    public static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    // The service's limit.
    private const int MaxRowsPerTransaction = 100;

    // One partition of the service takes 2,000 rows a second, and a day's table has forty: what limits is the way there.
    private const int AtOnce = 16;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<DateOnly, bool> _made = new();

    // The batch that is not written yet, whole or in part.
    private IReadOnlyList<NumberedLine> _left = [];
    private bool _failing;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using CancellationTokenSource patience = new(StopPatience, time);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        do
        {
            await WriteAsync(end.Token);
        }
        while (_left.Count == 0 && TakeNext());

        int lost = _left.Count;
        for (_left = []; TakeNext();)
        {
            lost += _left.Count;
        }

        buffer.GiveUp(lost);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WriteNextAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The host stops.
            }
#pragma warning disable CA1031 // None may end the writing.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                // It would happen again with the same lines.
                Tell(failure);
                buffer.GiveUp(_left.Count);
                _left = [];
                await Task.Delay(PauseAfterFailure, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task WriteNextAsync(CancellationToken stopping)
    {
        await buffer.WaitAsync(stopping);
        await Task.Delay(Pause, time, stopping);
        bool isFull = true;
        while (isFull && TakeNext())
        {
            isFull = _left.Count == MaxLines;
            while (await WriteAsync(stopping) > 0)
            {
                await Task.Delay(PauseAfterFailure, time, stopping);
            }
        }
    }

    private bool TakeNext()
    {
        _left = buffer.Take(MaxLines);
        return _left.Count > 0;
    }

    /// <summary>Writes what is left of the batch, and tells how many lines are left of it then. One that is cut off may be written all the same: written again it is the same.</summary>
    private async Task<int> WriteAsync(CancellationToken cancellationToken)
    {
        ConcurrentBag<NumberedLine> left = [];
        ConcurrentBag<NumberedLine> refused = [];
        Exception? failure = await MakeTablesAsync(cancellationToken);
        await Parallel.ForEachAsync(Transactions(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (transaction, _) =>
        {
            try
            {
                // Storage that did not answer one does not answer the rest.
                if (Volatile.Read(ref failure) is null)
                {
                    await access.AskAsync(token => SubmitAsync(transaction, token), cancellationToken);
                    return;
                }
            }
#pragma warning disable CA1031 // As above.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (IsRefused(exception))
                {
                    Add(transaction.Lines, refused);
                    return;
                }

                Volatile.Write(ref failure, exception);
            }

            Add(transaction.Lines, left);
        });
        buffer.GiveUp(refused.Distinct().Count());
        _left = [.. left.Distinct().OrderBy(line => line.Number)];
        if (failure is null)
        {
            _failing = false;
        }
        else if (!cancellationToken.IsCancellationRequested)
        {
            Tell(failure);
        }

        return _left.Count;
    }

    private static void Add(NumberedLine[] lines, ConcurrentBag<NumberedLine> to)
    {
        foreach (NumberedLine line in lines)
        {
            to.Add(line);
        }
    }

    private IEnumerable<Transaction> Transactions() =>
        from line in _left
        from row in LineRow.Of(line)
        group (Row: row, Line: line) by (Day: DayOf(line), row.PartitionKey) into partition
        from rows in partition.Chunk(MaxRowsPerTransaction)
        select new Transaction(
            partition.Key.Day,
            [.. rows.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row.Row))],
            [.. rows.Select(row => row.Line)]);

    /// <summary>Makes the tables of days this process has not written to yet; null, or what kept it from that.</summary>
    private async Task<Exception?> MakeTablesAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (DateOnly day in _left.Select(DayOf).Distinct().Where(day => !_made.ContainsKey(day)))
            {
                await access.AskAsync(token => days.Of(day).CreateIfNotExistsAsync(token), cancellationToken);
                _made[day] = true;
            }

            return null;
        }
#pragma warning disable CA1031 // As above.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }
    }

    private async Task SubmitAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            await days.Of(transaction.Day).SubmitTransactionAsync(transaction.Rows, cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // Somebody deleted the table; it is made again before the next try.
            _made.TryRemove(transaction.Day, out _);
            throw;
        }
    }

    private static DateOnly DayOf(NumberedLine line) => DateOnly.FromDateTime(line.Entry.At.UtcDateTime);

    // Rows that storage finds wrong are wrong the next time too, and would hold up all that come after them.
    private static bool IsRefused(Exception exception) => exception is UnavailableException { InnerException: RequestFailedException { Status: 400 or 413 } };

    private void Tell(Exception failure)
    {
        if (!_failing)
        {
            Log.WriteFailed(logger, (failure as UnavailableException)?.Code ?? failure.GetType().Name);
        }

        _failing = true;
    }

    /// <summary>Rows of one partition that are written together, and the lines they are of.</summary>
    private sealed record Transaction(DateOnly Day, TableTransactionAction[] Rows, NumberedLine[] Lines);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The delivery log could not be written ({Code}); its lines wait. Events are not affected.")]
        public static partial void WriteFailed(ILogger logger, string code);
    }
}
