using Azure;
using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Time;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>
/// The table by which processes tell each other of themselves and of what an operator wants. Every member throws a
/// <see cref="UnavailableException"/> where storage does not answer in time.
/// </summary>
internal sealed class ControlTable(TableServiceClient service, TableAccess access)
{
    /// <summary>The partition with a row a process.</summary>
    public const string Instances = "instance";

    private const string Gone = "gone";
    private const string Commands = "command";
    private const string Resume = "resume";
    private const string Clock = "clock";
    private const string Believed = "believed";

    private readonly TableClient _table = service.GetTableClient("destinationcontrol");

    /// <summary>A process tells of itself.</summary>
    public Task ReportAsync(InstanceReport report, CancellationToken cancellationToken) => UpsertAsync(ReportRow.Of(report), cancellationToken);

    /// <summary>What every process last told.</summary>
    public Task<IReadOnlyList<InstanceReport>> ReadReportsAsync(CancellationToken cancellationToken) => access.AskAsync(ReadAllAsync, cancellationToken);

    /// <summary>Forgets processes that were not heard of since a time. What they counted is kept, in one row for all that are gone.</summary>
    public async Task ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        IReadOnlyList<InstanceReport> reports = await ReadReportsAsync(cancellationToken);
        foreach (InstanceReport report in reports.Where(report => report.Id != Gone && report.SeenAt < before))
        {
            await access.AskAsync(token => ForgetAsync(report, token), cancellationToken);
        }
    }

    /// <summary>An operator says that rejections are over.</summary>
    public Task CommandResumeAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        UpsertAsync(new TableEntity(Commands, Resume) { ["At"] = at.UtcTicks }, cancellationToken);

    /// <summary>When an operator last said so; null for never.</summary>
    public Task<DateTimeOffset?> ReadResumeAsync(CancellationToken cancellationToken) => access.AskAsync(
        async token => (await FindAsync(Commands, Resume, token))?.Time("At"), cancellationToken);

    /// <summary>What a process last kept of its clock; null for nothing yet.</summary>
    public Task<ClockMemory?> ReadClockAsync(CancellationToken cancellationToken) => access.AskAsync<ClockMemory?>(
        async token => await FindAsync(Clock, Believed, token) is { } row && row.Time("At") is { } at
            ? new ClockMemory(at, TimeSpan.FromTicks(row.Whole("RanInDoubt") ?? 0))
            : null,
        cancellationToken);

    /// <summary>Keeps what a process knows of its clock, in place of what any process kept before.</summary>
    public Task WriteClockAsync(ClockMemory memory, CancellationToken cancellationToken) =>
        UpsertAsync(new TableEntity(Clock, Believed) { ["At"] = memory.Believed.UtcTicks, ["RanInDoubt"] = memory.RanInDoubt.Ticks }, cancellationToken);

    // Both rows or neither, so that nothing is counted twice or not at all. Of two processes that clean up at once one fails, and does the rest later.
    private async Task<Response<IReadOnlyList<Response>>> ForgetAsync(InstanceReport report, CancellationToken cancellationToken)
    {
        NullableResponse<TableEntity> row = await _table.GetEntityIfExistsAsync<TableEntity>(Instances, Gone, cancellationToken: cancellationToken);
        TableEntity? known = row.HasValue ? row.Value : null;
        TableEntity gone = ReportRow.Of(new InstanceReport(Gone, report.SeenAt, report.Status with
        {
            Credentials = CredentialsState.Unchecked,
            Counts = known is null ? report.Status.Counts : SharedStatus.Sum([ReportRow.Read(known).Status.Counts, report.Status.Counts]),
        }));
        TableTransactionAction[] actions =
        [
            new(TableTransactionActionType.Delete, new TableEntity(Instances, report.Id), ETag.All),
            known is null ? new(TableTransactionActionType.Add, gone) : new(TableTransactionActionType.UpdateReplace, gone, known.ETag),
        ];
        return await _table.SubmitTransactionAsync(actions, cancellationToken);
    }

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

    private async Task<TableEntity?> FindAsync(string partition, string key, CancellationToken cancellationToken)
    {
        try
        {
            NullableResponse<TableEntity> row = await _table.GetEntityIfExistsAsync<TableEntity>(partition, key, cancellationToken: cancellationToken);
            return row.HasValue ? row.Value : null;
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
