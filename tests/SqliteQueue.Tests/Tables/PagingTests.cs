using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.SqliteQueue.Tests.Support;
using CustomerIoDestination.SqliteQueue.Writing;

namespace CustomerIoDestination.SqliteQueue.Tests.Tables;

public sealed class PagingTests : OpenQueueFile
{
    [Fact]
    public async Task Pages_of_the_log_neither_repeat_nor_miss_lines_while_new_ones_come()
    {
        var log = new SqliteDeliveryLog(File);
        await WriteLinesAsync(10);

        DeliveryLogPage first = await log.ListAsync(new DeliveryLogQuery(4, null, null, null), CancellationToken.None);
        await WriteLinesAsync(3);
        DeliveryLogPage second = await log.ListAsync(new DeliveryLogQuery(100, first.Next, null, null), CancellationToken.None);

        first.Items.Concat(second.Items).Select(line => line.Attempts).ShouldBe([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
        second.Next.ShouldBeNull();
    }

    [Fact]
    public async Task A_filter_that_fits_little_looks_at_a_bounded_number_of_lines_a_page()
    {
        var log = new SqliteDeliveryLog(File);
        await WriteLinesAsync(1, EventKind.Identify);
        await WriteLinesAsync(DeliveryLogTable.MaxScan);
        var query = new DeliveryLogQuery(10, null, null, EventKind.Identify);

        DeliveryLogPage first = await log.ListAsync(query, CancellationToken.None);
        DeliveryLogPage second = await log.ListAsync(query with { After = first.Next }, CancellationToken.None);

        first.Items.ShouldBeEmpty();
        first.Next.ShouldNotBeNull();
        second.Items.Count.ShouldBe(1);
        second.Next.ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("x")]
    public async Task A_place_nobody_gave_is_the_end(string after)
    {
        await WriteLinesAsync(1);

        (await new SqliteDeliveryLog(File).ListAsync(new DeliveryLogQuery(10, after, null, null), CancellationToken.None)).Items.ShouldBeEmpty();
        (await new SqliteDeadLetterStore(File).ListAsync(new DeadLetterQuery(null, 10, after), CancellationToken.None)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_pass_over_dead_letters_ends_at_its_bound_and_goes_on_when_called_again()
    {
        var deadLetters = new SqliteDeadLetterStore(File);
        await DeadLetterAsync(DeadLetterPass.MaxMessages + 50);

        DeadLetterPass first = await deadLetters.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None);
        DeadLetterPass second = await deadLetters.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None);

        (first.Done, first.More).ShouldBe((DeadLetterPass.MaxMessages, true));
        (second.Done, second.More).ShouldBe((50, false));
        File.Writer.Counters.Depth(Lane.Live).ShouldBe(DeadLetterPass.MaxMessages + 50);
    }

    [Fact]
    public async Task A_pass_by_ids_ends_at_the_same_bound()
    {
        var deadLetters = new SqliteDeadLetterStore(File);
        int count = DeadLetterPass.MaxMessages + 50;
        await DeadLetterAsync(count);
        string[] ids = [.. Enumerable.Range(1, count).Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture))];

        DeadLetterPass first = await deadLetters.DiscardAsync(new DeadLetterSelection.Ids(ids), run: null, CancellationToken.None);
        DeadLetterPass second = await deadLetters.DiscardAsync(new DeadLetterSelection.Ids(ids), run: null, CancellationToken.None);

        (first.Done, first.More).ShouldBe((DeadLetterPass.MaxMessages, true));
        (second.Done, second.More).ShouldBe((50, false));
        File.Writer.Counters.DeadLettered.ShouldBe(0);
    }

    private Task<int> WriteLinesAsync(int count, EventKind kind = EventKind.Track) => File.Writer.WriteAsync(new WriteWork<int>(session =>
    {
        int first = (int)session.Read("select count(*) from delivery_log");
        for (int number = first; number < first + count; number++)
        {
            session.Record(new DeliveryLogEntry
            {
                At = Some.Now,
                EventId = "id",
                Kind = kind,
                Lane = Lane.Live,
                Step = EventStep.Delivery,
                Outcome = AttemptOutcome.Delivered,
                Attempts = number,
            });
        }

        return count;
    }));

    private async Task DeadLetterAsync(int count)
    {
        await new SqliteEventQueue(File).EnqueueAsync(
            [.. Enumerable.Range(0, count).Select(number => Some.Envelope(new Partition(Lane.Live, 0), number))], CancellationToken.None);
        await using IPartitionLease lease = await new SqliteEventReceiver(File).ReceiveAsync(Lane.Live, count, CancellationToken.None);
        await Task.WhenAll(lease.Events.Select(received => lease.SettleAsync(
            received, Some.Attempt(received, new Settlement.DeadLetter(DeadLetterReason.Expired, "expired")))));
    }
}
