using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tests.Support;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.SqliteQueue.Tests.Upkeep;

/// <summary>A machine whose clock is wrong when the host starts, for instance because it asks for the time only later.</summary>
public sealed class StartClockTests : IAsyncLifetime, IDisposable
{
    private static readonly Partition Somewhere = new(Lane.Live, 0);
    private readonly QueueFolder _folder = new();
    private QueueFile? _file;

    private QueueFile File => _file!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await StopAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_first_start_with_a_clock_behind_and_a_right_one_after_it_purge_no_dead_letter()
    {
        await StartAsync(daysOff: -40);
        await DeadLetterAsync(1);
        await StopAsync();

        await StartAsync(daysOff: 0);
        await TurnAsync();

        File.Writer.Counters.DeadLettered.ShouldBe(1);
    }

    [Fact]
    public async Task Rows_written_after_a_start_with_a_clock_behind_are_kept_as_long_as_those_of_a_right_start()
    {
        await StartAsync(daysOff: 0);
        await StopAsync();
        await StartAsync(daysOff: -40);
        await DeadLetterAsync(1);
        await StopAsync();
        await StartAsync(daysOff: 0);
        await TurnAsync();
        long kept = File.Writer.Counters.DeadLettered + await File.CountAsync("select count(*) from delivery_log");

        _folder.Clock.Advance(TimeSpan.FromDays(29));
        await TurnAsync();
        long late = File.Writer.Counters.DeadLettered;
        _folder.Clock.Advance(TimeSpan.FromDays(2));
        await TurnAsync();

        (kept, late, File.Writer.Counters.DeadLettered).ShouldBe((2, 1, 0));
    }

    [Fact]
    public async Task A_start_ahead_purges_no_dead_letter_empties_no_log_and_forgets_no_message_id()
    {
        await StartAsync(daysOff: 0);
        await DeadLetterAsync(1);
        await EnqueueAsync(2);
        await StopAsync();

        await StartAsync(daysOff: 31);
        await TurnAsync();
        _folder.Clock.Advance(TimeSpan.FromHours(23));
        await TurnAsync();
        await EnqueueAsync(2);

        File.Writer.Counters.DeadLettered.ShouldBe(1);
        (await File.CountAsync("select count(*) from delivery_log")).ShouldBe(1);
        (await File.CountAsync("select count(*) from seen")).ShouldBe(2);
        File.Writer.Counters.Depth(Lane.Live).ShouldBe(1);
    }

    [Fact]
    public async Task A_stop_of_days_holds_purging_back_for_a_day_of_running_summed_over_starts()
    {
        await StartAsync(daysOff: 0);
        await DeadLetterAsync(1);
        await StopAsync();
        _folder.Clock.Advance(TimeSpan.FromDays(31));
        await RunForAsync(TimeSpan.FromHours(10));
        _folder.Clock.Advance(TimeSpan.FromDays(2));

        await StartAsync(daysOff: 0);
        _folder.Clock.Advance(TimeSpan.FromHours(13.9));
        await TurnAsync();
        long before = File.Writer.Counters.DeadLettered;
        _folder.Clock.Advance(TimeSpan.FromHours(0.2));
        await TurnAsync();

        (before, File.Writer.Counters.DeadLettered).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_kill_costs_the_proof_no_more_than_what_was_not_noted_yet()
    {
        await StartAsync(daysOff: 0);
        await DeadLetterAsync(1);
        await StopAsync();
        _folder.Clock.Advance(TimeSpan.FromDays(31));
        await StartAsync(daysOff: 0);
        _folder.Clock.Advance(TimeSpan.FromHours(20));
        await TurnAsync();

        // What lies in the file now is what a kill would leave.
        (await File.CountAsync("select value from counters where name = 'clock/ran_in_doubt'")).ShouldBe((long)TimeSpan.FromHours(20).TotalMilliseconds);
    }

    [Fact]
    public async Task A_short_stop_holds_nothing_back()
    {
        await StartAsync(daysOff: 0);
        await DeadLetterAsync(1);
        _folder.Clock.Advance(TimeSpan.FromDays(29.5));
        await StopAsync();
        _folder.Clock.Advance(TimeSpan.FromHours(23));

        await StartAsync(daysOff: 0);
        await TurnAsync();

        File.Writer.Counters.DeadLettered.ShouldBe(0);
        (await StatusAsync()).RetentionPaused.ShouldBeNull();
    }

    [Fact]
    public async Task A_purge_that_waits_until_the_clock_is_believed_is_told_in_log_and_status()
    {
        await StartAsync(daysOff: 0);
        await DeadLetterAsync(1);
        await DeadLetterAsync(2);
        await StopAsync();

        await StartAsync(daysOff: 40);
        _folder.Clock.Advance(TimeSpan.FromHours(6));
        await TurnAsync();
        await TurnAsync();

        RetentionPause paused = (await StatusAsync()).RetentionPaused.ShouldNotBeNull();
        paused.ShouldBe(new RetentionPause(TimeSpan.FromHours(18), DeadLettersDue: 2));
        string line = _folder.Log.Collector.GetSnapshot().Where(line => line.Level is LogLevel.Warning).ShouldHaveSingleItem().Message;
        line.ShouldContain("40.0 days from the last time");
        line.ShouldContain("18.0 h more");
        line.ShouldContain("2 dead letters would go then");
    }

    [Fact]
    public async Task A_wrong_start_that_is_put_right_while_it_runs_is_believed_at_once()
    {
        await StartAsync(daysOff: 0);
        await StopAsync();
        await StartAsync(daysOff: -40);
        bool doubted = (await StatusAsync()).RetentionPaused is not null;

        _folder.Wall.Jump(TimeSpan.FromDays(40));

        (doubted, (await StatusAsync()).RetentionPaused).ShouldBe((true, null));
    }

    [Fact]
    public async Task A_start_ahead_that_jumps_within_its_day_is_believed_only_an_hour_after_the_jump()
    {
        await StartAsync(daysOff: 0);
        await DeadLetterAsync(1);
        await StopAsync();
        await StartAsync(daysOff: 31);
        _folder.Clock.Advance(TimeSpan.FromHours(23.5));
        await TurnAsync();
        _folder.Wall.Jump(TimeSpan.FromDays(3));
        await TurnAsync();

        _folder.Clock.Advance(TimeSpan.FromHours(0.9));
        await TurnAsync();
        long before = File.Writer.Counters.DeadLettered;
        _folder.Clock.Advance(TimeSpan.FromHours(0.2));
        await TurnAsync();

        (before, File.Writer.Counters.DeadLettered).ShouldBe((1, 0));
    }

    private async Task StartAsync(double daysOff)
    {
        _folder.Wall.Jump(_folder.Clock.GetUtcNow().AddDays(daysOff) - _folder.Wall.GetUtcNow());
        _file = _folder.Open();
        await Task.Yield();
    }

    private async Task StopAsync()
    {
        if (_file is not null)
        {
            await _file.DisposeAsync();
        }
    }

    private async Task RunForAsync(TimeSpan time)
    {
        await StartAsync(daysOff: 0);
        _folder.Clock.Advance(time);
        await StopAsync();
    }

    private Task TurnAsync() => File.Housekeeping.TakeTurnAsync(CancellationToken.None);

    private async Task<QueueStatus> StatusAsync() => (await new SqliteEventQueue(File).GetStatusAsync(CancellationToken.None)).ShouldNotBeNull();

    private Task<EnqueueResult> EnqueueAsync(int number) =>
        new SqliteEventQueue(File).EnqueueAsync([Some.Envelope(Somewhere, number)], CancellationToken.None);

    private async Task DeadLetterAsync(int number)
    {
        await EnqueueAsync(number);
        await using IPartitionLease lease = await new SqliteEventReceiver(File).ReceiveAsync(Lane.Live, 1, CancellationToken.None);
        var dead = new Settlement.DeadLetter(DeadLetterReason.RejectedByCustomerIo, "rejected");
        await lease.SettleAsync(lease.Events[0], Some.Attempt(lease.Events[0], dead) with { At = _folder.Wall.GetUtcNow() });
    }
}
