using Azure;
using Azure.Data.Tables;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>The table by which processes tell each other of themselves and of what an operator wants.</summary>
internal sealed class ControlTable(TableServiceClient service)
{
    /// <summary>The partition with a row a process.</summary>
    public const string Instances = "instance";

    private const string Commands = "command";
    private const string Resume = "resume";

    private readonly TableClient _table = service.GetTableClient("destinationcontrol");

    /// <summary>A process tells of itself.</summary>
    public Task ReportAsync(InstanceReport report, CancellationToken cancellationToken) => UpsertAsync(ReportRow.Of(report), cancellationToken);

    /// <summary>What every process last told.</summary>
    public async Task<IReadOnlyList<InstanceReport>> ReadReportsAsync(CancellationToken cancellationToken)
    {
        List<InstanceReport> reports = [];
        try
        {
            await foreach (TableEntity row in _table.QueryAsync<TableEntity>(row => row.PartitionKey == Instances, cancellationToken: cancellationToken))
            {
                reports.Add(ReportRow.Read(row));
            }
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // Nobody told anything yet.
        }

        return reports;
    }

    /// <summary>Forgets processes that were not heard of since a time.</summary>
    public async Task ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        foreach (InstanceReport report in (await ReadReportsAsync(cancellationToken)).Where(report => report.SeenAt < before))
        {
            await _table.DeleteEntityAsync(Instances, report.Id, cancellationToken: cancellationToken);
        }
    }

    /// <summary>An operator says that rejections are over.</summary>
    public Task CommandResumeAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        UpsertAsync(new TableEntity(Commands, Resume) { ["At"] = at.UtcTicks }, cancellationToken);

    /// <summary>When an operator last said so; null for never.</summary>
    public async Task<DateTimeOffset?> ReadResumeAsync(CancellationToken cancellationToken)
    {
        try
        {
            NullableResponse<TableEntity> row = await _table.GetEntityIfExistsAsync<TableEntity>(Commands, Resume, cancellationToken: cancellationToken);
            return row.HasValue ? new DateTimeOffset(row.Value!.GetInt64("At")!.Value, TimeSpan.Zero) : null;
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            return null;
        }
    }

    private async Task UpsertAsync(TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            await _table.CreateIfNotExistsAsync(cancellationToken);
            await _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
        }
    }
}
