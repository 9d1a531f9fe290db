using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.SqliteQueue.Tests.Support;
using CustomerIoDestination.SqliteQueue.Writing;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.SqliteQueue.Tests.Upkeep;

public sealed class HousekeepingTests : OpenQueueFile
{
    [Fact]
    public async Task Message_ids_are_forgotten_after_their_window_however_many_there_are()
    {
        await EnqueueAsync(0, 12_000);
        Folder.Clock.Advance(TimeSpan.FromDays(9));
        await EnqueueAsync(12_000, 100);

        await TurnAsync(4);

        (await File.CountAsync("select count(*) from seen")).ShouldBe(100);
    }

    [Fact]
    public async Task The_log_keeps_its_newest_lines()
    {
        int lines = DeliveryLogTable.MaxLines + 2_500;
        await File.Writer.WriteAsync(new WriteWork<int>(session =>
        {
            for (int number = 0; number < lines; number++)
            {
                session.Record(new DeliveryLogEntry
                {
                    At = Some.Now,
                    EventId = "id",
                    Kind = EventKind.Track,
                    Lane = Lane.Live,
                    Step = EventStep.Delivery,
                    Outcome = AttemptOutcome.Delivered,
                    Attempts = number,
                });
            }

            return lines;
        }));

        await TurnAsync(1);

        (await File.CountAsync("select count(*) from delivery_log")).ShouldBe(DeliveryLogTable.MaxLines);
        (await File.CountAsync("select max(attempts) from delivery_log")).ShouldBe(lines - 1);
    }

    [Fact]
    public async Task A_dead_letter_younger_than_the_retention_is_kept_among_older_ones()
    {
        await EnqueueAsync(0, 150);
        await DeadLetterAsync(149);
        Folder.Clock.Advance(TimeSpan.FromDays(20));
        await DeadLetterAsync(1);
        Folder.Clock.Advance(TimeSpan.FromDays(11));

        await TurnAsync(1);

        (await File.CountAsync("select count(*) from dead_letters")).ShouldBe(1);
        File.Writer.Counters.DeadLettered.ShouldBe(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task Housekeeping_takes_its_turn_each_second_by_itself()
    {
        await EnqueueAsync(0, 1);
        await DeadLetterAsync(1);

        // The loop may not listen to the clock yet when it is moved first, so it is moved until it does.
        Folder.Clock.Advance(TimeSpan.FromDays(31));
        while (File.Writer.Counters.DeadLettered > 0)
        {
            Folder.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await File.CountAsync("select count(*) from dead_letters")).ShouldBe(0);
    }

    [Fact(Timeout = 30_000)]
    public async Task Housekeeping_whose_one_part_fails_does_the_others_and_warns_once()
    {
        await EnqueueAsync(0, 1);
        await DeadLetterAsync(1);
        await File.Writer.WriteAsync(new WriteWork<long>(static session => session.Read("drop table seen"), runsAlone: true));
        while (Warnings().Length == 0)
        {
            Folder.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        // What comes before the part that fails is done still, turn by turn.
        Folder.Clock.Advance(TimeSpan.FromDays(31));
        while (File.Writer.Counters.DeadLettered > 0)
        {
            Folder.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Warnings().ShouldHaveSingleItem().ShouldContain("sqlite_1");
    }

    [Fact]
    public async Task A_purge_is_logged_with_its_count_and_why()
    {
        await EnqueueAsync(0, 150);
        await DeadLetterAsync(150);
        Folder.Clock.Advance(TimeSpan.FromDays(31));

        await TurnAsync(1);

        Folder.Log.Collector.GetSnapshot().Select(line => line.Message).ShouldContain("150 dead letters older than 30.00:00:00 were purged.");
    }

    [Fact]
    public async Task Rows_that_are_forgotten_steadily_are_summed_up_in_one_line_an_hour()
    {
        await EnqueueAsync(0, 40);
        await DeadLetterAsync(30);
        Folder.Clock.Advance(TimeSpan.FromDays(9));

        await TurnAsync(1);
        await TurnAsync(1);
        Folder.Clock.Advance(TimeSpan.FromHours(1));
        await TurnAsync(1);
        Folder.Clock.Advance(TimeSpan.FromHours(1));
        await TurnAsync(1);

        Folder.Log.Collector.GetSnapshot().Select(line => line.Message).ShouldBe([
            "Forgotten within the last hour: 30 lines of the delivery log (older than 7 days, or beyond the newest 200000) and 40 message ids (older than 7 days)."]);
    }

    private string[] Warnings() => [.. Folder.Log.Collector.GetSnapshot().Where(line => line.Level is LogLevel.Warning).Select(line => line.Message)];

    private async Task TurnAsync(int times)
    {
        for (int turn = 0; turn < times; turn++)
        {
            await File.Housekeeping.TakeTurnAsync(CancellationToken.None);
        }
    }

    private Task<EnqueueResult> EnqueueAsync(int first, int count) => new SqliteEventQueue(File).EnqueueAsync(
        [.. Enumerable.Range(first, count).Select(number => Some.Envelope(new Partition(Lane.Live, 0), number))], CancellationToken.None);

    private async Task DeadLetterAsync(int count)
    {
        await using IPartitionLease lease = await new SqliteEventReceiver(File).ReceiveAsync(Lane.Live, count, CancellationToken.None);
        await Task.WhenAll(lease.Events.Select(received => lease.SettleAsync(
            received,
            Some.Attempt(received, new Settlement.DeadLetter(DeadLetterReason.Expired, "expired")) with { At = Folder.Wall.GetUtcNow() })));
    }
}
