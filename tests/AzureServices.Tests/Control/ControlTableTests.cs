using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.Control;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.AzureServices.Tests.Control;

public sealed class ControlTableTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, 123, 456, TimeSpan.Zero);

    [AzuriteFact]
    public async Task A_report_is_read_as_it_was_written_and_replaced_by_the_next()
    {
        ControlTable table = await NewTableAsync();
        (await table.ReadReportsAsync(CancellationToken.None)).ShouldBeEmpty();
        InstanceReport report = Report("a", Now);

        await table.ReportAsync(report with { SeenAt = Now.AddSeconds(-15) }, CancellationToken.None);
        await table.ReportAsync(report, CancellationToken.None);

        (await table.ReadReportsAsync(CancellationToken.None)).ShouldHaveSingleItem().ShouldBeEquivalentTo(report);
    }

    [AzuriteFact]
    public async Task A_process_not_heard_of_for_long_is_forgotten_but_for_what_it_counted()
    {
        ControlTable table = await NewTableAsync();
        await table.ReportAsync(Report("old", Now.AddDays(-8)), CancellationToken.None);
        await table.ReportAsync(Report("older", Now.AddDays(-9)), CancellationToken.None);
        await table.ReportAsync(Report("new", Now), CancellationToken.None);

        await table.ForgetAsync(Now - InstanceReport.Retention, CancellationToken.None);
        await table.ForgetAsync(Now - InstanceReport.Retention, CancellationToken.None);

        IReadOnlyList<InstanceReport> left = await table.ReadReportsAsync(CancellationToken.None);
        left.Select(report => report.Id).ShouldBe(["gone", "new"], ignoreOrder: true);
        EventCounts one = Report("one", Now).Status.Counts;
        EventCounts gone = left.Single(report => report.Id == "gone").Status.Counts;
        one.Delivered.ShouldBeGreaterThan(0);
        (gone.Received, gone.Delivered, gone.Since).ShouldBe((2 * one.Received, 2 * one.Delivered, one.Since));
        SharedStatus.Of(Report("new", Now), left).Counts.Delivered.ShouldBe(3 * one.Delivered);
    }

    [AzuriteFact]
    public async Task Codes_lie_in_a_row_and_the_names_that_earlier_versions_wrote_are_read()
    {
        TableClient rows = await NewRowsAsync();
        ControlTable table = new(Service, new TableAccess(TimeProvider.System));
        await table.ReportAsync(Report("new", Now), CancellationToken.None);
        TableEntity row = await rows.GetEntityAsync<TableEntity>(ControlTable.Instances, "new");
        (row["State"], row["Region"], row["Credentials"]).ShouldBe(("paused", "eu", "valid"));

        (row.RowKey, row["State"], row["Region"], row["Credentials"]) = ("old", "Paused", "Eu", "Valid");
        await rows.AddEntityAsync(row);

        IReadOnlyList<InstanceReport> reports = await table.ReadReportsAsync(CancellationToken.None);
        reports.Count.ShouldBe(2);
        reports.Single(report => report.Id == "old").ShouldBeEquivalentTo(Report("old", Now));
    }

    [AzuriteFact]
    public async Task Of_a_row_of_another_version_the_unknown_is_unknown_and_it_is_forgotten_in_time()
    {
        TableClient rows = await NewRowsAsync();
        ControlTable table = new(Service, new TableAccess(TimeProvider.System));
        await table.ReportAsync(Report("good", Now), CancellationToken.None);
        await rows.AddEntityAsync(new TableEntity(ControlTable.Instances, "other")
        {
            ["SeenAt"] = Now.AddDays(-8).UtcTicks,
            ["State"] = "draining",
            ["Region"] = "ap",
            ["Credentials"] = "expired",
            ["Url"] = "no address",
            ["RateLimit"] = "a hundred",
            ["Counts"] = """{"Received":3,"Lost":[1]}""",
        });
        await rows.AddEntityAsync(new TableEntity(ControlTable.Instances, "empty") { ["SeenAt"] = "yesterday", ["Counts"] = "[]" });

        IReadOnlyList<InstanceReport> reports = await table.ReadReportsAsync(CancellationToken.None);
        await table.ForgetAsync(Now - InstanceReport.Retention, CancellationToken.None);

        reports.Count.ShouldBe(3);
        InstanceReport other = reports.Single(report => report.Id == "other");
        (other.IsStateKnown, other.Status.Region, other.Status.Credentials, other.Status.Url, other.Status.RateLimit)
            .ShouldBe((false, CustomerIoRegion.Auto, CredentialsState.Unchecked, null, 0));
        (other.Status.Counts.Received, other.Status.Counts.DeadLettered.Count).ShouldBe((3, 0));
        InstanceReport empty = reports.Single(report => report.Id == "empty");
        (empty.IsStateKnown, empty.Status.Counts.Received).ShouldBe((false, 0));
        empty.SeenAt.ShouldBeGreaterThan(Now.AddYears(-1), "storage says itself when a row was written");
        (await table.ReadReportsAsync(CancellationToken.None)).Select(report => report.Id).ShouldBe(["good", "empty", "gone"], ignoreOrder: true);
    }

    [AzuriteFact]
    public async Task An_operators_word_of_another_version_is_none()
    {
        TableClient rows = await NewRowsAsync();
        await rows.AddEntityAsync(new TableEntity("command", "resume") { ["At"] = "now" });

        (await new ControlTable(Service, new TableAccess(TimeProvider.System)).ReadResumeAsync(CancellationToken.None)).ShouldBeNull();
    }

    [AzuriteFact]
    public async Task An_operators_word_is_there_for_every_process()
    {
        ControlTable table = await NewTableAsync();
        (await table.ReadResumeAsync(CancellationToken.None)).ShouldBeNull();

        await table.CommandResumeAsync(Now, CancellationToken.None);

        (await table.ReadResumeAsync(CancellationToken.None)).ShouldBe(Now);
    }

    private TableServiceClient Service { get; set; } = null!;

    private async Task<TableClient> NewRowsAsync()
    {
        Service = new TableServiceClient(await Azurite.NewAccountAsync());
        TableClient rows = Service.GetTableClient("destinationcontrol");
        await rows.CreateIfNotExistsAsync();
        return rows;
    }

    private static async Task<ControlTable> NewTableAsync() => new(new TableServiceClient(await Azurite.NewAccountAsync()), new TableAccess(TimeProvider.System));

    internal static InstanceReport Report(string id, DateTimeOffset seenAt) => new(id, seenAt, new DeliveryStatus
    {
        State = DestinationState.Paused,
        Since = Now.AddMinutes(-1),
        Reason = "everything_rejected",
        Region = CustomerIoRegion.Eu,
        Url = new Uri("https://track-eu.customer.io/"),
        Workspace = 42,
        Credentials = CredentialsState.Valid,
        RateLimit = 100,
        RateCurrent = 12.5,
        Counts = new EventCounts(1, 2, 3, 4, 5, 6, new Dictionary<string, long> { ["expired"] = 7 }) { Since = Now.AddHours(-1) },
        StartedAt = Now.AddHours(-1),
    });
}
