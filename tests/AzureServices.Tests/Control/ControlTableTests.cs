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
    public async Task Who_was_not_heard_of_for_long_is_forgotten()
    {
        ControlTable table = await NewTableAsync();
        await table.ReportAsync(Report("old", Now.AddDays(-8)), CancellationToken.None);
        await table.ReportAsync(Report("new", Now), CancellationToken.None);

        await table.ForgetAsync(Now - InstanceReport.Retention, CancellationToken.None);

        (await table.ReadReportsAsync(CancellationToken.None)).ShouldHaveSingleItem().Id.ShouldBe("new");
    }

    [AzuriteFact]
    public async Task An_operators_word_is_there_for_every_process()
    {
        ControlTable table = await NewTableAsync();
        (await table.ReadResumeAsync(CancellationToken.None)).ShouldBeNull();

        await table.CommandResumeAsync(Now, CancellationToken.None);

        (await table.ReadResumeAsync(CancellationToken.None)).ShouldBe(Now);
    }

    private static async Task<ControlTable> NewTableAsync() => new(new TableServiceClient(await Azurite.NewAccountAsync()), new TableAccess(TimeProvider.System));

    private static InstanceReport Report(string id, DateTimeOffset seenAt) => new(id, seenAt, new DeliveryStatus
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
        Counts = new EventCounts(1, 2, 3, 4, 5, 6, new Dictionary<string, long> { ["expired"] = 7 }),
        StartedAt = Now.AddHours(-1),
    });
}
