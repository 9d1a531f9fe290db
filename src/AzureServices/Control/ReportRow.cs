using System.Text.Json;
using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>A report as a row. Times are ticks: the service reads its own less exactly back than they were written.</summary>
internal static class ReportRow
{
    public static TableEntity Of(InstanceReport report) => new(ControlTable.Instances, report.Id)
    {
        ["SeenAt"] = report.SeenAt.UtcTicks,
        ["State"] = report.Status.State.ToString(),
        ["Since"] = report.Status.Since.UtcTicks,
        ["Reason"] = report.Status.Reason,
        ["Region"] = report.Status.Region.ToString(),
        ["Url"] = report.Status.Url?.AbsoluteUri,
        ["Workspace"] = report.Status.Workspace,
        ["Credentials"] = report.Status.Credentials.ToString(),
        ["RateLimit"] = report.Status.RateLimit,
        ["RateCurrent"] = report.Status.RateCurrent,
        ["StartedAt"] = report.Status.StartedAt.UtcTicks,
        ["Counts"] = JsonSerializer.Serialize(report.Status.Counts),
        ["InHandLive"] = report.InHand.Live,
        ["InHandImport"] = report.InHand.Import,
    };

    public static InstanceReport Read(TableEntity row) => new(row.RowKey, Time(row, "SeenAt"), new DeliveryStatus
    {
        State = Enum.Parse<DestinationState>(row.GetString("State")),
        Since = Time(row, "Since"),
        Reason = row.GetString("Reason"),
        Region = Enum.Parse<CustomerIoRegion>(row.GetString("Region")),
        Url = row.GetString("Url") is { } url ? new Uri(url) : null,
        Workspace = row.GetInt64("Workspace"),
        Credentials = Enum.Parse<CredentialsState>(row.GetString("Credentials")),
        RateLimit = row.GetDouble("RateLimit") ?? 0,
        RateCurrent = row.GetDouble("RateCurrent") ?? 0,
        StartedAt = Time(row, "StartedAt"),
        Counts = JsonSerializer.Deserialize<EventCounts>(row.GetString("Counts"))!,
    })
    {
        InHand = new InHand(row.GetInt32("InHandLive") ?? 0, row.GetInt32("InHandImport") ?? 0),
    };

    private static DateTimeOffset Time(TableEntity row, string column) => new(row.GetInt64(column)!.Value, TimeSpan.Zero);
}
