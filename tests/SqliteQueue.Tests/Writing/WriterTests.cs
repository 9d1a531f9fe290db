using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tests.Support;
using CustomerIoDestination.SqliteQueue.Writing;

namespace CustomerIoDestination.SqliteQueue.Tests.Writing;

public sealed class WriterTests : OpenQueueFile
{
    [Fact]
    public async Task Writes_that_wait_together_share_a_commit()
    {
        using var busy = new ManualResetEventSlim();
        Task<bool> blocked = await BlockWriterAsync(busy);
        long before = File.Writer.Commits;

        Task<EnqueueResult>[] waiting = [.. Enumerable.Range(0, 500).Select(Enqueue)];
        busy.Set();
        EnqueueResult[] results = await Task.WhenAll(waiting);

        (await blocked).ShouldBeTrue();
        results.ShouldAllBe(result => result == EnqueueResult.Enqueued.All);
        (File.Writer.Commits - before).ShouldBe(2, "one for the write in front, one for all behind it");
    }

    [Fact]
    public async Task A_write_that_fails_takes_no_other_along()
    {
        using var busy = new ManualResetEventSlim();
        Task<bool> blocked = await BlockWriterAsync(busy);
        Task<EnqueueResult> before = Enqueue(1);
        Task<int> failing = File.Writer.WriteAsync(new WriteWork<int>(_ => throw new InvalidOperationException("failed")));
        Task<EnqueueResult> after = Enqueue(2);
        busy.Set();

        await Should.ThrowAsync<InvalidOperationException>(() => failing);

        (await blocked).ShouldBeTrue();
        (await before).ShouldBe(EnqueueResult.Enqueued.All);
        (await after).ShouldBe(EnqueueResult.Enqueued.All);
        File.Writer.Counters.Depth(Lane.Live).ShouldBe(2);
        (await File.CountAsync("select count(*) from events")).ShouldBe(2);
    }

    [Fact]
    public async Task A_full_disk_takes_no_event_and_the_queue_recovers_by_itself()
    {
        await Enqueue(1);
        await FillDiskAsync();

        EnqueueResult refused = await EnqueueBigAsync(2);
        bool whileFull = (await Queue.GetStatusAsync(CancellationToken.None))!.CanEnqueue;
        long depth = File.Writer.Counters.Depth(Lane.Live);
        await FreeDiskAsync();
        EnqueueResult again = await EnqueueBigAsync(2);

        refused.ShouldBeOfType<EnqueueResult.Unavailable>().Code.ShouldBe("queue_full");
        whileFull.ShouldBeFalse();
        depth.ShouldBe(1);
        again.ShouldBe(EnqueueResult.Enqueued.All);
        (await Queue.GetStatusAsync(CancellationToken.None))!.ShouldSatisfyAllConditions(
            status => status.CanEnqueue.ShouldBeTrue(),
            status => status.Ready.ShouldBe(2));
    }

    [Fact(Timeout = 30_000)]
    public async Task Health_recovers_though_nobody_sends()
    {
        await FillDiskAsync();
        await EnqueueBigAsync(2);
        await FreeDiskAsync(countsAsWrite: false);

        while (!(await Queue.GetStatusAsync(CancellationToken.None))!.CanEnqueue)
        {
            Folder.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await EnqueueBigAsync(2)).ShouldBe(EnqueueResult.Enqueued.All);
    }

    [Fact]
    public async Task A_settlement_outlasts_a_full_disk()
    {
        await Enqueue(1);
        IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, 1, CancellationToken.None);
        await FillDiskAsync();
        var dead = new Settlement.DeadLetter(DeadLetterReason.RejectedByCustomerIo, new string('x', 100_000));

        Task settling = lease.SettleAsync(lease.Events[0], Some.Attempt(lease.Events[0], dead));
        await EnqueueBigAsync(2);
        bool early = settling.IsCompleted;
        await FreeDiskAsync();

        await settling;
        early.ShouldBeFalse();
        await lease.DisposeAsync();
        (await Queue.GetStatusAsync(CancellationToken.None))!.ShouldSatisfyAllConditions(
            status => status.DeadLettered.ShouldBe(1),
            status => status.Ready.ShouldBe(0),
            status => status.InDelivery.ShouldBe(0));
    }

    [Fact]
    public async Task A_history_that_finds_no_room_fails_nothing()
    {
        await Enqueue(1);
        await using IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, 1, CancellationToken.None);
        await File.Writer.WriteAsync(new WriteWork<long>(static session => session.Read("pragma query_only = 1"), runsAlone: true));

        await lease.KeepAsync(lease.Events[0], new FailureHistory(10, Some.Now));

        bool canWrite = File.Writer.CanWrite;
        await File.Writer.WriteAsync(new WriteWork<long>(static session => session.Read("pragma query_only = 0"), runsAlone: true));
        canWrite.ShouldBeFalse();
    }

    [Fact]
    public async Task After_the_end_the_queue_takes_nothing()
    {
        Task<EnqueueResult> last = Enqueue(1);
        await File.DisposeAsync();

        (await last).ShouldBe(EnqueueResult.Enqueued.All);
        (await Enqueue(2)).ShouldBeOfType<EnqueueResult.Unavailable>().Code.ShouldBe("queue_closed");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_call_to_retry_is_not_lost_though_other_writes_wait()
    {
        await FillDiskAsync();
        await EnqueueBigAsync(2);
        using var busy = new ManualResetEventSlim();
        Task<bool> blocked = await BlockWriterAsync(busy, runsAlone: true);
        Folder.Clock.Advance(TimeSpan.FromSeconds(1));
        Task<long> freed = FreeDiskAsync(countsAsWrite: false);
        busy.Set();
        await Task.WhenAll(blocked, freed);

        while (!File.Writer.CanWrite)
        {
            await Task.Yield();
        }

        (await EnqueueBigAsync(2)).ShouldBe(EnqueueResult.Enqueued.All);
    }

    /// <summary>Keeps the writer busy until it is let go.</summary>
    /// <returns>When it is busy: what ends when it is let go.</returns>
    private async Task<Task<bool>> BlockWriterAsync(ManualResetEventSlim busy, bool runsAlone = false)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<bool> blocked = File.Writer.WriteAsync(new WriteWork<bool>(
            _ =>
            {
                started.TrySetResult();
                return busy.Wait(TimeSpan.FromSeconds(30));
            },
            runsAlone));
        await started.Task;
        return blocked;
    }

    private Task<EnqueueResult> Enqueue(int number) =>
        Queue.EnqueueAsync([Some.Envelope(new Partition(Lane.Live, number % 8), number)], CancellationToken.None);

    private Task<EnqueueResult> EnqueueBigAsync(int number) =>
        Queue.EnqueueAsync([Some.Envelope(new Partition(Lane.Live, 1), number, new string('x', 100_000))], CancellationToken.None);

    /// <summary>SQLite's own limit on the file's pages fails as a full disk does.</summary>
    private Task<long> FillDiskAsync() => File.CountAsync("pragma max_page_count = 1");

    private Task<long> FreeDiskAsync(bool countsAsWrite = true) => File.Writer.WriteAsync(
        new WriteWork<long>(session => session.Read("pragma max_page_count = 1000000"), runsAlone: !countsAsWrite));
}
