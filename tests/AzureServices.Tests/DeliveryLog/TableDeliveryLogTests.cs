using System.Globalization;
using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.DeliveryLog;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.Tests.DeliveryLog;

public sealed class TableDeliveryLogTests
{
    // The day before yesterday: within the retention, and never on both sides of a midnight during the test.
    private static readonly DateTimeOffset Noon = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-2).AddHours(12), TimeSpan.Zero);

    [AzuriteFact]
    public async Task Lines_come_newest_first_in_pages_across_hours_and_days()
    {
        await using RunningLog log = await RunningLog.StartAsync();
        DateTimeOffset[] times = [Noon.AddDays(-1), Noon, Noon.AddMinutes(1), Noon.AddHours(1), Noon.AddDays(1)];
        await log.Log.RecordAsync([.. times.Select((at, number) => Delivered(number, at))], CancellationToken.None);
        await log.StopAsync();

        List<DeliveryLogEntry> read = [];
        string? after = null;
        do
        {
            DeliveryLogPage page = await log.Log.ListAsync(new DeliveryLogQuery(2, after, null, null), CancellationToken.None);
            page.Items.Count.ShouldBeLessThanOrEqualTo(2);
            read.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        read.Select(line => line.At).ShouldBe(times.OrderDescending());
    }

    [AzuriteFact]
    public async Task Lines_of_one_moment_come_last_recorded_first_and_none_takes_anothers_place()
    {
        await using RunningLog log = await RunningLog.StartAsync();
        int[] order = [3, 1, 2, 1];
        await log.Log.RecordAsync([.. order.Select((number, attempts) => Delivered(number, Noon) with { Attempts = attempts })], CancellationToken.None);
        await log.StopAsync();

        DeliveryLogPage page = await log.Log.ListAsync(new DeliveryLogQuery(10, null, null, null), CancellationToken.None);
        EventStory story = (await log.Log.FindStoryAsync(EventId(1), CancellationToken.None)).ShouldNotBeNull();

        page.Items.Select(line => line.EventId).ShouldBe(order.Reverse().Select(EventId));
        story.Steps.Select(step => step.Attempts).ShouldBe([1, 3]);
    }

    [AzuriteFact]
    public async Task A_line_is_read_as_it_was_recorded_by_another_process()
    {
        string account = await Azurite.NewAccountAsync();
        DeliveryLogEntry line = Delivered(1, Noon) with { Lane = Lane.Import, Reason = "r", Attempts = 3, HttpStatus = 202, Duration = TimeSpan.FromMilliseconds(1_234) };
        await using (RunningLog writer = await RunningLog.StartAsync(account))
        {
            await writer.Log.RecordAsync([line], CancellationToken.None);
        }

        await using RunningLog reader = await RunningLog.StartAsync(account);
        DeliveryLogPage page = await reader.Log.ListAsync(new DeliveryLogQuery(10, null, null, null), CancellationToken.None);

        page.Items.ShouldHaveSingleItem().ShouldBe(line);
        page.Next.ShouldBeNull();
    }

    [AzuriteFact]
    public async Task A_filter_finds_what_fits_and_steps_that_are_no_deliveries_are_not_listed()
    {
        await using RunningLog log = await RunningLog.StartAsync();
        await log.Log.RecordAsync(
            [
                Delivered(1, Noon),
                Delivered(2, Noon.AddSeconds(1)) with { Outcome = AttemptOutcome.DeadLettered, Kind = EventKind.Identify },
                Delivered(3, Noon.AddSeconds(2)) with { Step = EventStep.Queued, Outcome = null },
                Delivered(4, Noon.AddSeconds(3)) with { Step = EventStep.Ingest, Outcome = AttemptOutcome.Skipped },
            ],
            CancellationToken.None);
        await log.StopAsync();

        (await EventsOf(log, null, null)).ShouldBe([EventId(4), EventId(2), EventId(1)]);
        (await EventsOf(log, AttemptOutcome.DeadLettered, null)).ShouldBe([EventId(2)]);
        (await EventsOf(log, null, EventKind.Identify)).ShouldBe([EventId(2)]);
        (await EventsOf(log, AttemptOutcome.Delivered, EventKind.Identify)).ShouldBeEmpty();
    }

    [AzuriteFact]
    public async Task The_story_of_an_event_is_told_in_order_over_days_and_without_repeats()
    {
        await using RunningLog log = await RunningLog.StartAsync();
        DeliveryLogEntry any = Delivered(1, Noon) with { Outcome = null };
        await log.Log.RecordAsync(
            [
                any with { Step = EventStep.Accepted },
                any with { Step = EventStep.Queued },
                any with { At = Noon.AddMinutes(1), Outcome = AttemptOutcome.DeadLettered },
                any with { At = Noon.AddMinutes(2), Step = EventStep.Accepted },
                any with { At = Noon.AddMinutes(2), Step = EventStep.Queued },
                any with { At = Noon.AddDays(1), Step = EventStep.Replayed },
                any with { At = Noon.AddDays(1).AddMinutes(1), Outcome = AttemptOutcome.Delivered },
                Delivered(2, Noon),
            ],
            CancellationToken.None);
        await log.StopAsync();

        EventStory story = (await log.Log.FindStoryAsync(EventId(1), CancellationToken.None)).ShouldNotBeNull();

        story.Steps.Select(step => step.Step).ShouldBe(
            [EventStep.Accepted, EventStep.Queued, EventStep.Delivery, EventStep.Replayed, EventStep.Queued, EventStep.Delivery]);
        story.Steps[^1].Outcome.ShouldBe(AttemptOutcome.Delivered);
        (await log.Log.FindStoryAsync(EventId(3), CancellationToken.None)).ShouldBeNull();
    }

    [AzuriteFact]
    public async Task Days_that_are_no_longer_kept_are_dropped_and_others_tables_are_not()
    {
        await using RunningLog log = await RunningLog.StartAsync();
        DateOnly old = log.Days.Today.AddDays(-DayTables.RetentionDays - 1);
        await log.Days.Of(old).CreateAsync();
        await log.Days.Of(old.AddDays(1)).CreateAsync();
        await log.Service.CreateTableAsync("zother");

        await log.Days.DropExpiredAsync(TimeProvider.System.GetUtcNow(), CancellationToken.None);

        List<string> left = [];
        await foreach (Azure.Data.Tables.Models.TableItem table in log.Service.QueryAsync())
        {
            left.Add(table.Name);
        }

        left.ShouldBe([log.Days.Of(old.AddDays(1)).Name, "zother"], ignoreOrder: true);
    }

    private static string[] MadeUp { get; } = ["", "x", " ", "a b c", "\n", "ä ö"];

    [AzuriteFact]
    public async Task A_place_in_a_list_that_is_none_of_ours_is_told_as_such()
    {
        await using RunningLog log = await RunningLog.StartAsync();

        foreach (string after in (string[])["", "x", "2026112", "20261124!", "99999999"])
        {
            (await log.Log.ListAsync(new DeliveryLogQuery(10, after, null, null), CancellationToken.None)).ShouldBeSameAs(DeliveryLogPage.OfNoPlace, after);
        }

        // Only the service can judge its tokens, and only in a table that is there.
        foreach (string after in MadeUp.Select(token => new ListCursor(log.Days.Today, token).ToString()))
        {
            DeliveryLogPage page = await log.Log.ListAsync(new DeliveryLogQuery(10, after, null, null), CancellationToken.None);

            page.Items.ShouldBeEmpty(after);
            page.Next.ShouldBeNull(after);
        }
    }

    [AzuriteFact]
    public async Task A_place_of_another_day_passes_over_no_line()
    {
        await using RunningLog log = await RunningLog.StartAsync();
        await log.Log.RecordAsync([.. Enumerable.Range(0, 6).Select(number => Delivered(number, Noon.AddMinutes(number).AddDays(-(number % 2))))], CancellationToken.None);
        await log.StopAsync();
        string next = (await log.Log.ListAsync(new DeliveryLogQuery(1, null, null, null), CancellationToken.None)).Next!;
        while (ListCursor.TryParse(next)!.Token is null)
        {
            next = (await log.Log.ListAsync(new DeliveryLogQuery(1, next, null, null), CancellationToken.None)).Next!;
        }

        ListCursor place = ListCursor.TryParse(next)!;
        DeliveryLogPage page = await log.Log.ListAsync(
            new DeliveryLogQuery(10, (place with { Day = place.Day.AddDays(-1) }).ToString(), null, null), CancellationToken.None);

        page.Items.Select(line => line.EventId).ShouldBe([EventId(5), EventId(3), EventId(1)], "they are the other day's, and come before the place of this one");
    }

    [AzuriteFact]
    public async Task Codes_lie_in_a_row_and_rows_of_another_version_are_read_as_far_as_they_are_known()
    {
        await using RunningLog log = await RunningLog.StartAsync();
        await log.Log.RecordAsync([Delivered(1, Noon) with { Lane = Lane.Import }], CancellationToken.None);
        await log.StopAsync();
        TableClient rows = log.Days.Of(DateOnly.FromDateTime(Noon.UtcDateTime));
        TableEntity row = await rows.QueryAsync<TableEntity>(entity => entity.PartitionKey == LineRow.PartitionOf(EventId(1))).SingleAsync();
        (row["Lane"], row["Step"]).ShouldBe(("import", "delivery"));

        await rows.AddEntityAsync(new TableEntity(row) { RowKey = EventId(1) + "-1", ["Lane"] = "Import", ["Step"] = "Queued", ["At"] = Noon.AddSeconds(-2).UtcTicks });
        await rows.AddEntityAsync(new TableEntity(row) { RowKey = EventId(1) + "-2", ["Lane"] = "bulk", ["Step"] = "mirrored", ["Kind"] = "delete", ["At"] = Noon.AddSeconds(2).UtcTicks });
        await rows.AddEntityAsync(new TableEntity(row.PartitionKey, EventId(1) + "-3") { ["At"] = "noon", ["EventId"] = EventId(1) });
        EventStory story = (await log.Log.FindStoryAsync(EventId(1), CancellationToken.None)).ShouldNotBeNull();

        story.Steps.Select(step => (step.Step, step.Lane, step.Kind)).ShouldBe(
        [
            (EventStep.Queued, Lane.Import, EventKind.Track),
            (EventStep.Delivery, Lane.Import, EventKind.Track),
            (EventStep.Delivery, Lane.Live, EventKind.Unsupported),
        ]);
    }

    private static async Task<IEnumerable<string>> EventsOf(RunningLog log, AttemptOutcome? outcome, EventKind? kind) =>
        (await log.Log.ListAsync(new DeliveryLogQuery(10, null, outcome, kind), CancellationToken.None)).Items.Select(line => line.EventId);

    private static string EventId(int number) => number.ToString("D26", CultureInfo.InvariantCulture);

    private static DeliveryLogEntry Delivered(int number, DateTimeOffset at) => new()
    {
        At = at,
        EventId = EventId(number),
        Kind = EventKind.Track,
        Lane = Lane.Live,
        Step = EventStep.Delivery,
        Outcome = AttemptOutcome.Delivered,
    };
}
