using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tests.Support;
using CustomerIoDestination.Time;

namespace CustomerIoDestination.SqliteQueue.Tests.Upkeep;

/// <summary>Somebody sets the clock wrongly, and rightly again.</summary>
public sealed class ClockJumpTests : OpenQueueFile
{
    private static readonly Partition Somewhere = new(Lane.Live, 0);

    [Fact]
    public async Task A_jump_past_the_retention_deletes_no_dead_letter()
    {
        await EnqueueAsync(1);
        await DeadLetterAsync();

        await JumpAndBackAsync(TimeSpan.FromDays(31));

        File.Writer.Counters.DeadLettered.ShouldBe(1);
    }

    [Fact]
    public async Task A_jump_that_lasts_is_the_time_at_last()
    {
        await EnqueueAsync(1);
        await DeadLetterAsync();

        Folder.Wall.Jump(TimeSpan.FromDays(31));
        await TurnAsync();
        Folder.Clock.Advance(SteadyClock.Doubt);
        await TurnAsync();

        File.Writer.Counters.DeadLettered.ShouldBe(0);
    }

    [Fact]
    public async Task A_dead_letter_made_while_the_clock_was_behind_is_kept_as_long_as_any_other()
    {
        await EnqueueAsync(1);

        Folder.Wall.Jump(TimeSpan.FromDays(-31));
        await DeadLetterAsync();
        Folder.Wall.Jump(TimeSpan.FromDays(31));
        await TurnAsync();

        File.Writer.Counters.DeadLettered.ShouldBe(1);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(-9)]
    public async Task A_dead_letter_carries_the_time_of_the_clock_even_after_a_jump(int hours)
    {
        await EnqueueAsync(1);

        // A laptop that slept wakes up.
        Folder.Wall.Jump(TimeSpan.FromHours(hours));
        await DeadLetterAsync();

        DeadLetterPage page = await new SqliteDeadLetterStore(File).ListAsync(new DeadLetterQuery(null, 10, null), CancellationToken.None);
        page.Items.ShouldHaveSingleItem().DeadLetteredAt.ShouldBe(Folder.Wall.GetUtcNow());
    }

    [Fact]
    public async Task A_dead_letter_made_while_the_clock_was_ahead_is_kept_no_longer_than_any_other()
    {
        await EnqueueAsync(1);
        Folder.Wall.Jump(TimeSpan.FromDays(400));
        await DeadLetterAsync();
        Folder.Wall.Jump(TimeSpan.FromDays(-400));
        await TurnAsync();

        Folder.Clock.Advance(TimeSpan.FromDays(29));
        await TurnAsync();
        long before = File.Writer.Counters.DeadLettered;
        Folder.Clock.Advance(TimeSpan.FromDays(2));
        await TurnAsync();

        (before, File.Writer.Counters.DeadLettered).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Ids_and_log_lines_written_while_the_clock_was_ahead_are_forgotten_in_time()
    {
        Folder.Wall.Jump(TimeSpan.FromDays(400));
        await EnqueueAsync(1);
        await DeadLetterAsync();
        Folder.Wall.Jump(TimeSpan.FromDays(-400));
        await TurnAsync();

        Folder.Clock.Advance(TimeSpan.FromDays(9));
        await TurnAsync();
        await TurnAsync();
        Folder.Clock.Advance(TimeSpan.FromHours(1));
        await TurnAsync();
        await TurnAsync();

        (await File.CountAsync("select count(*) from seen")).ShouldBe(0);
        (await File.CountAsync("select count(*) from delivery_log")).ShouldBe(0);
    }

    [Fact]
    public async Task A_jump_past_the_window_forgets_no_message_id()
    {
        await EnqueueAsync(1);

        Folder.Wall.Jump(TimeSpan.FromDays(9));
        await EnqueueAsync(1);
        await TurnAsync();
        Folder.Wall.Jump(TimeSpan.FromDays(-9));
        await EnqueueAsync(1);

        File.Writer.Counters.Depth(Lane.Live).ShouldBe(1);
    }

    [Fact]
    public async Task A_jump_past_the_age_of_the_log_keeps_its_lines()
    {
        await EnqueueAsync(1);
        await DeadLetterAsync();

        await JumpAndBackAsync(TimeSpan.FromDays(8));

        (await File.CountAsync("select count(*) from delivery_log")).ShouldBe(1);
    }

    [Theory]
    [InlineData(-365)]
    [InlineData(365)]
    public async Task A_clock_that_was_set_does_not_stop_what_is_done_each_hour(int days)
    {
        // Beside a backlog the WAL is emptied by the hour alone.
        await EnqueueAsync(1);
        Folder.Wall.Jump(TimeSpan.FromDays(days));
        await TurnAsync();
        bool before = WalBytes() > 0;
        Folder.Clock.Advance(TimeSpan.FromHours(1));
        await TurnAsync();
        bool after = WalBytes() > 0;

        Folder.Wall.Jump(TimeSpan.FromDays(-days));
        await EnqueueAsync(2);
        await TurnAsync();
        bool again = WalBytes() > 0;
        Folder.Clock.Advance(TimeSpan.FromHours(1));
        await TurnAsync();

        (before, after, again, WalBytes() > 0).ShouldBe((true, false, true, false));
    }

    private async Task JumpAndBackAsync(TimeSpan by)
    {
        Folder.Wall.Jump(by);
        await TurnAsync();
        Folder.Clock.Advance(TimeSpan.FromMinutes(50));
        await TurnAsync();
        Folder.Wall.Jump(-by);
        await TurnAsync();
    }

    private Task TurnAsync() => File.Housekeeping.TakeTurnAsync(CancellationToken.None);

    private long WalBytes() => new FileInfo(Folder.Path + "-wal").Length;

    private Task<EnqueueResult> EnqueueAsync(int number) => Queue.EnqueueAsync([Some.Envelope(Somewhere, number)], CancellationToken.None);

    private async Task DeadLetterAsync()
    {
        await using IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, 1, CancellationToken.None);
        var dead = new Settlement.DeadLetter(DeadLetterReason.Expired, "expired");
        await lease.SettleAsync(lease.Events[0], Some.Attempt(lease.Events[0], dead) with { At = Folder.Wall.GetUtcNow() });
    }
}
