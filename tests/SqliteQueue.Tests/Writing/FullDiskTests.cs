using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tests.Support;
using CustomerIoDestination.SqliteQueue.Writing;

namespace CustomerIoDestination.SqliteQueue.Tests.Writing;

/// <summary>Settlements on a disk that takes little, while senders go on.</summary>
public sealed class FullDiskTests : OpenQueueFile
{
    private static readonly Partition Somewhere = new(Lane.Live, 1);
    private static readonly Settlement.DeadLetter Long = new(DeadLetterReason.RejectedByCustomerIo, new string('x', 100_000));

    private int _numbers;

    [Fact(Timeout = 30_000)]
    public async Task Small_settlements_are_stored_though_they_come_together_with_enqueues_that_find_no_room()
    {
        await EnqueueAsync(8, bytes: 15_000);
        await using IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, 8, CancellationToken.None);
        await RoomAsync(pages: 0);

        foreach (ReceivedEvent received in lease.Events)
        {
            using var busy = new ManualResetEventSlim();
            Task<bool> blocked = BlockWriterAsync(busy);
            Task<EnqueueResult> before = EnqueueAsync(1, bytes: 230_000);
            Task settling = lease.SettleAsync(received, Some.Attempt(received, Settlement.Complete.Delivered));
            Task<EnqueueResult> after = EnqueueAsync(1, bytes: 230_000);
            busy.Set();
            await blocked;

            await settling;
            (await before).ShouldBeOfType<EnqueueResult.Unavailable>().Code.ShouldBe("queue_full");
            (await after).ShouldBeOfType<EnqueueResult.Unavailable>().Code.ShouldBe("queue_full");
            await RoomAsync(pages: 0);
        }

        File.Writer.Counters.Depth(Lane.Live).ShouldBe(0);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_settlement_that_was_kept_is_stored_when_there_is_room_for_it_though_there_is_none_for_senders()
    {
        await EnqueueAsync(1, bytes: 600);
        await using IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, 1, CancellationToken.None);
        await RoomAsync(pages: 0);
        Task settling = lease.SettleAsync(lease.Events[0], Some.Attempt(lease.Events[0], Long));
        await EnqueueAsync(1, bytes: 200_000);
        bool early = settling.IsCompleted;
        await RoomAsync(pages: 40);

        while (!settling.IsCompleted)
        {
            Folder.Clock.Advance(TimeSpan.FromMilliseconds(300));
            (await EnqueueAsync(2, bytes: 200_000)).ShouldBeOfType<EnqueueResult.Unavailable>();
        }

        early.ShouldBeFalse();
        File.Writer.Counters.DeadLettered.ShouldBe(1);
        (await Queue.GetStatusAsync(CancellationToken.None))!.CanEnqueue.ShouldBeFalse();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_settlement_that_was_kept_is_stored_when_there_is_room_for_it_though_nobody_sends()
    {
        await EnqueueAsync(1, bytes: 600);
        await using IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, 1, CancellationToken.None);
        await RoomAsync(pages: 0);
        Task settling = lease.SettleAsync(lease.Events[0], Some.Attempt(lease.Events[0], Long));
        await EnqueueAsync(1, bytes: 200_000);
        await RoomAsync(pages: 40);

        while (!settling.IsCompleted)
        {
            Folder.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        File.Writer.Counters.DeadLettered.ShouldBe(1);
    }

    [Fact]
    public async Task The_space_of_the_wal_is_given_back()
    {
        await EnqueueAsync(20, bytes: 20_000);
        long before = WalBytes();
        await RoomAsync(pages: 0);

        await EnqueueAsync(1, bytes: 200_000);
        await RoomAsync(pages: 0);

        before.ShouldBeGreaterThan(0);
        WalBytes().ShouldBe(0);
    }

    [Fact(Timeout = 30_000)]
    public async Task Thousands_of_kept_settlements_are_stored_together()
    {
        await EnqueueAsync(2_000, bytes: 100);
        await using IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, 2_000, CancellationToken.None);
        await RoomAsync(pages: 0);
        Settlement dead = new Settlement.DeadLetter(DeadLetterReason.RejectedByCustomerIo, new string('x', 5_000));
        Task settling = Task.WhenAll(lease.Events.Select(received => lease.SettleAsync(received, Some.Attempt(received, dead))));
        await EnqueueAsync(1, bytes: 200_000);
        long commits = File.Writer.Commits;

        await RoomAsync(pages: 1_000_000);
        (await EnqueueAsync(1, bytes: 100)).ShouldBe(EnqueueResult.Enqueued.All);
        await settling;

        (File.Writer.Commits - commits).ShouldBeLessThan(100);
        File.Writer.Counters.DeadLettered.ShouldBe(2_000);
    }

    private long WalBytes() => new FileInfo(Folder.Path + "-wal").Length;

    private Task<EnqueueResult> EnqueueAsync(int count, int bytes)
    {
        string body = new('x', bytes);
        return Queue.EnqueueAsync([.. Enumerable.Range(0, count).Select(_ => Some.Envelope(Somewhere, _numbers++, body))], CancellationToken.None);
    }

    private Task<bool> BlockWriterAsync(ManualResetEventSlim busy) =>
        File.Writer.WriteAsync(new WriteWork<bool>(_ => busy.Wait(TimeSpan.FromSeconds(30)), runsAlone: true));

    /// <summary>SQLite's own limit on the file's pages fails as a full disk does. Done beside the writes, so that it tells nobody of better times.</summary>
    private Task<long> RoomAsync(int pages) => File.Writer.WriteAsync(new WriteWork<long>(
        session => session.Read($"pragma max_page_count = {session.Read("pragma page_count") + pages}"),
        runsAlone: true));
}
