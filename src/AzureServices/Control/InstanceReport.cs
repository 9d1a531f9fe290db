using System.Text.Json;
using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>What one process said of itself.</summary>
/// <param name="Id">The process.</param>
/// <param name="SeenAt">When it said so.</param>
/// <param name="Status">Its delivering side.</param>
internal sealed record InstanceReport(string Id, DateTimeOffset SeenAt, DeliveryStatus Status)
{
    /// <summary>Whether this version knows the state it told; if not, the state of <see cref="Status"/> means nothing.</summary>
    public bool IsStateKnown { get; init; } = true;

    /// <summary>Events it holds for delivery.</summary>
    public InHand InHand { get; init; }

    /// <summary>How often a process reports.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>How long a report tells of the present: three may be missed.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);

    /// <summary>How long the counts of a process that is gone are counted in.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(7);
}

/// <summary>
/// A report as a row. Processes of two versions read each other's rows while one replaces the other: what only the other version knows is unknown here,
/// and no row keeps the others from being read.
/// </summary>
internal static class ReportRow
{
    private static readonly EventCounts NoCounts = new(0, 0, 0, 0, 0, 0, new Dictionary<string, long>());

    public static TableEntity Of(InstanceReport report) => new(ControlTable.Instances, report.Id)
    {
        ["SeenAt"] = report.SeenAt.UtcTicks,
        ["State"] = report.Status.State.ToCode(),
        ["Since"] = report.Status.Since.UtcTicks,
        ["Reason"] = report.Status.Reason,
        ["LastAnswerAt"] = report.Status.LastAnswerAt?.UtcTicks,
        ["NextTryAt"] = report.Status.NextTryAt?.UtcTicks,
        ["Failing"] = report.Status.Failing,
        ["MovedAt"] = report.Status.MovedAt?.UtcTicks,
        ["Region"] = report.Status.Region.ToCode(),
        ["Url"] = report.Status.Url?.AbsoluteUri,
        ["Workspace"] = report.Status.Workspace,
        ["Credentials"] = report.Status.Credentials.ToCode(),
        ["RateLimit"] = report.Status.RateLimit,
        ["RateCurrent"] = report.Status.RateCurrent,
        ["StartedAt"] = report.Status.StartedAt.UtcTicks,
        ["Counts"] = JsonSerializer.Serialize(report.Status.Counts),
        ["InHandLive"] = report.InHand.Live,
        ["InHandImport"] = report.InHand.Import,
    };

    /// <summary>Reads a row of any version. One that does not say when its process was heard of was written then at the latest.</summary>
    public static InstanceReport Read(TableEntity row)
    {
        DateTimeOffset seenAt = row.Time("SeenAt") ?? row.Timestamp ?? DateTimeOffset.MinValue;
        DestinationState? state = row.Code<DestinationState>("State");
        return new InstanceReport(row.RowKey, seenAt, new DeliveryStatus
        {
            State = state ?? DestinationState.Delivering,
            Since = row.Time("Since") ?? seenAt,
            Reason = row.Text("Reason"),
            LastAnswerAt = row.Time("LastAnswerAt"),
            NextTryAt = row.Time("NextTryAt"),
            Failing = row.Small("Failing") ?? 0,
            MovedAt = row.Time("MovedAt"),
            Region = row.Code<CustomerIoRegion>("Region") ?? CustomerIoRegion.Auto,
            Url = Uri.TryCreate(row.Text("Url"), UriKind.Absolute, out Uri? url) ? url : null,
            Workspace = row.Whole("Workspace"),
            Credentials = row.Code<CredentialsState>("Credentials") ?? CredentialsState.Unchecked,
            RateLimit = row.Number("RateLimit") ?? 0,
            RateCurrent = row.Number("RateCurrent") ?? 0,
            StartedAt = row.Time("StartedAt") ?? seenAt,
            Counts = CountsOf(row.Text("Counts")),
        })
        {
            IsStateKnown = state is not null,
            InHand = new InHand(row.Small("InHandLive") ?? 0, row.Small("InHandImport") ?? 0),
        };
    }

    private static EventCounts CountsOf(string? json)
    {
        try
        {
            return json is not null && JsonSerializer.Deserialize<EventCounts>(json) is { } counts
                ? counts with { DeadLettered = counts.DeadLettered ?? NoCounts.DeadLettered, Warnings = counts.Warnings ?? NoCounts.Warnings }
                : NoCounts;
        }
        catch (JsonException)
        {
            return NoCounts;
        }
    }
}

/// <summary>What other processes last said they hold, because the broker tells nobody who holds what. Up to <see cref="InstanceReport.Interval"/> old.</summary>
internal sealed class InHandElsewhere(SharedControl own, ControlTable table, TimeProvider time)
{
    // A queue's status is told without it, not late for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The sum; nothing where the table can't be asked in time.</summary>
    public async Task<InHand> ReadAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return Sum(await table.ReadReportsAsync(either.Token));
        }
#pragma warning disable CA1031 // The reporter tells of trouble with the table; here it only makes for a rougher number.
        catch (Exception)
#pragma warning restore CA1031
        {
            return default;
        }
    }

    private InHand Sum(IReadOnlyList<InstanceReport> reports)
    {
        DateTimeOffset now = time.GetUtcNow();
        return reports.Where(report => report.Id != own.Id && now - report.SeenAt < InstanceReport.Fresh).Aggregate(default(InHand), static (sum, report) => sum + report.InHand);
    }
}
