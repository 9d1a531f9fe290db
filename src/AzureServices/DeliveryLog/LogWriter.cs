using Azure;
using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.DeliveryLog;

/// <summary>Writes the lines that wait, each second, in as few transactions as the service allows; at the stop, what is left.</summary>
internal sealed partial class LogWriter(DayTables days, TableAccess access, LogBuffer buffer, TimeProvider time, ILogger<LogWriter> logger) : BackgroundService
{
    private const int MaxLines = 2_000;

    // The service's limit.
    private const int MaxRowsPerTransaction = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    private bool _failing;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        while (buffer.Take(MaxLines) is [_, ..] lines && await TryWriteAsync(lines, cancellationToken))
        {
            // Until none is left or storage does not take them.
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await buffer.WaitAsync(stoppingToken);
                await Task.Delay(Pause, time, stoppingToken);
                IReadOnlyList<NumberedLine> lines = buffer.Take(MaxLines);
                while (!await TryWriteAsync(lines, CancellationToken.None))
                {
                    await Task.Delay(PauseAfterFailure, time, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task<bool> TryWriteAsync(IReadOnlyList<NumberedLine> lines, CancellationToken cancellationToken)
    {
        try
        {
            foreach (IGrouping<DateOnly, NumberedLine> day in lines.GroupBy(line => DateOnly.FromDateTime(line.Entry.At.UtcDateTime)))
            {
                await WriteAsync(days.Of(day.Key), day, cancellationToken);
            }

            _failing = false;
            return true;
        }
#pragma warning disable CA1031 // None may end the writing.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (!_failing)
            {
                Log.WriteFailed(logger, (failure as StorageUnavailableException)?.Code ?? failure.GetType().Name);
            }

            _failing = true;
            return false;
        }
    }

    private async Task WriteAsync(TableClient table, IEnumerable<NumberedLine> lines, CancellationToken cancellationToken)
    {
        IEnumerable<TableTransactionAction[]> transactions = lines
            .SelectMany(LineRow.Of)
            .Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row))
            .GroupBy(action => action.Entity.PartitionKey, StringComparer.Ordinal)
            .SelectMany(partition => partition.Chunk(MaxRowsPerTransaction));
        foreach (TableTransactionAction[] transaction in transactions)
        {
            await access.AskAsync(token => SubmitAsync(table, transaction, token), cancellationToken);
        }
    }

    private static async Task SubmitAsync(TableClient table, TableTransactionAction[] transaction, CancellationToken cancellationToken)
    {
        try
        {
            await table.SubmitTransactionAsync(transaction, cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // The day's first lines.
            await table.CreateIfNotExistsAsync(cancellationToken);
            await table.SubmitTransactionAsync(transaction, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The delivery log could not be written ({Code}); its lines wait. Events are not affected.")]
        public static partial void WriteFailed(ILogger logger, string code);
    }
}
