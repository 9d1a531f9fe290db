using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tests.Support;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tests.Upkeep;

public sealed class WalSizeTests : OpenQueueFile
{
    private const int Backlog = 10_000;
    private const int Settlements = 5_000;
    private const long MostBytes = 64 * 1024 * 1024;

    private long WalBytes => new FileInfo(Folder.Path + "-wal").Length;

    [Fact]
    public async Task Settlements_one_by_one_beside_a_backlog_do_not_make_it_long()
    {
        await EnqueueAsync(Backlog);

        await SettleAsync(Settlements);

        WalBytes.ShouldBeLessThan(MostBytes);
    }

    [Fact]
    public async Task A_reader_that_stays_holds_no_settlement_up_and_the_wal_is_bounded_again_when_it_goes()
    {
        await EnqueueAsync(2_000);
        await using (var reader = new SqliteConnection($"Data Source={Folder.Path};Pooling=false"))
        {
            await reader.OpenAsync();
            await using SqliteTransaction open = reader.BeginTransaction(deferred: true);
            await using SqliteCommand look = reader.CreateCommand();
            look.Transaction = open;
            look.CommandText = "select count(*) from counters";
            await look.ExecuteScalarAsync();
            await EnqueueAsync(150, first: 2_000, bytes: 200_000);
            await SettleAsync(150);
            WalBytes.ShouldBeGreaterThan(30 * 1024 * 1024, "nothing after what the reader sees can be given up");
        }

        await SettleAsync(1_500);

        long before = WalBytes;
        await SettleAsync(100);
        WalBytes.ShouldBeLessThanOrEqualTo(before);
        before.ShouldBeLessThan(MostBytes);
    }

    [Fact]
    public async Task A_reader_that_stays_for_long_is_told_of_and_so_is_its_end()
    {
        await using (var reader = new SqliteConnection($"Data Source={Folder.Path};Pooling=false"))
        {
            await reader.OpenAsync();
            await using SqliteTransaction open = reader.BeginTransaction(deferred: true);
            await using SqliteCommand look = reader.CreateCommand();
            look.Transaction = open;
            look.CommandText = "select count(*) from counters";
            await look.ExecuteScalarAsync();
            await EnqueueAsync(200, bytes: 200_000);
            await File.Housekeeping.TakeTurnAsync(CancellationToken.None);
            Told(24).ShouldBeEmpty("half of that is its ordinary size");

            await EnqueueAsync(300, first: 200, bytes: 200_000);
            await File.Housekeeping.TakeTurnAsync(CancellationToken.None);
            await File.Housekeeping.TakeTurnAsync(CancellationToken.None);

            Told(24).ShouldHaveSingleItem().ShouldContain("another program has had the queue's file open for reading for long");
            Told(25).ShouldBeEmpty();
        }

        await SettleAsync(500);
        await File.Housekeeping.TakeTurnAsync(CancellationToken.None);
        await File.Housekeeping.TakeTurnAsync(CancellationToken.None);

        Told(25).ShouldHaveSingleItem();
    }

    private string[] Told(int id) => [.. Folder.Log.Collector.GetSnapshot().Where(record => record.Id.Id == id).Select(record => record.Message)];

    private async Task EnqueueAsync(int count, int first = 0, int bytes = 600)
    {
        string body = new('x', bytes);
        foreach (int[] part in Enumerable.Range(first, count).Chunk(500))
        {
            (await Queue.EnqueueAsync([.. part.Select(number => Some.Envelope(new Partition(Lane.Live, number % 16), number, body))], CancellationToken.None))
                .ShouldBe(EnqueueResult.Enqueued.All);
        }
    }

    private async Task SettleAsync(int count)
    {
        while (count > 0)
        {
            await using IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, Math.Min(50, count), CancellationToken.None);
            foreach (ReceivedEvent received in lease.Events)
            {
                await lease.SettleAsync(received, Some.Attempt(received, Settlement.Complete.Delivered));
                count--;
            }
        }
    }
}
