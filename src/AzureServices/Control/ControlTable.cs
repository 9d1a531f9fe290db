using Azure;
using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>
/// The table by which processes tell each other of themselves and of what an operator wants. Every member throws a
/// <see cref="UnavailableException"/> where storage does not answer in time.
/// </summary>
internal sealed class ControlTable(TableServiceClient service, TableAccess access)
{
    /// <summary>The partition with a row a process.</summary>
    public const string Instances = "instance";

    private const string Commands = "command";
    private const string Resume = "resume";

    private readonly TableClient _table = service.GetTableClient("destinationcontrol");

    /// <summary>A process tells of itself.</summary>
    public Task ReportAsync(InstanceReport report, CancellationToken cancellationToken) => UpsertAsync(ReportRow.Of(report), cancellationToken);

    /// <summary>What every process last told.</summary>
    public Task<IReadOnlyList<InstanceReport>> ReadReportsAsync(CancellationToken cancellationToken) => access.AskAsync(ReadAllAsync, cancellationToken);

    /// <summary>Forgets processes that were not heard of since a time.</summary>
    public async Task ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        foreach (InstanceReport report in (await ReadReportsAsync(cancellationToken)).Where(report => report.SeenAt < before))
        {
            await access.AskAsync(token => _table.DeleteEntityAsync(Instances, report.Id, cancellationToken: token), cancellationToken);
        }
    }

    /// <summary>An operator says that rejections are over.</summary>
    public Task CommandResumeAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        UpsertAsync(new TableEntity(Commands, Resume) { ["At"] = at.UtcTicks }, cancellationToken);

    /// <summary>When an operator last said so; null for never.</summary>
    public Task<DateTimeOffset?> ReadResumeAsync(CancellationToken cancellationToken) => access.AskAsync(ReadCommandAsync, cancellationToken);

    private async Task<IReadOnlyList<InstanceReport>> ReadAllAsync(CancellationToken cancellationToken)
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

    private async Task<DateTimeOffset?> ReadCommandAsync(CancellationToken cancellationToken)
    {
        try
        {
            NullableResponse<TableEntity> row = await _table.GetEntityIfExistsAsync<TableEntity>(Commands, Resume, cancellationToken: cancellationToken);
            return row.HasValue ? row.Value!.Time("At") : null;
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            return null;
        }
    }

    private Task UpsertAsync(TableEntity row, CancellationToken cancellationToken) => access.AskAsync(
        async token =>
        {
            try
            {
                await _table.UpsertEntityAsync(row, TableUpdateMode.Replace, token);
            }
            catch (RequestFailedException failure) when (failure.Status == 404)
            {
                await _table.CreateIfNotExistsAsync(token);
                await _table.UpsertEntityAsync(row, TableUpdateMode.Replace, token);
            }
        },
        cancellationToken);
}
