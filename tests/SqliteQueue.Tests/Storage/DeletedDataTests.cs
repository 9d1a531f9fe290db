using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tests.Support;

namespace CustomerIoDestination.SqliteQueue.Tests.Storage;

public sealed class DeletedDataTests : OpenQueueFile
{
    private const string Marker = "marked-value-of-a-patient";

    [Theory]
    [InlineData(60)]
    [InlineData(200_000)]
    public async Task The_body_of_a_completed_event_is_in_none_of_the_files(int bytes)
    {
        await SendMarkedAsync(bytes);
        Found().ShouldBeTrue();

        await SettleAllAsync(Settlement.Complete.Delivered);
        await File.Housekeeping.TakeTurnAsync(CancellationToken.None);

        Found().ShouldBeFalse();
    }

    [Fact]
    public async Task The_body_of_a_discarded_dead_letter_is_in_none_of_the_files()
    {
        await SendMarkedAsync(500);
        await SettleAllAsync(new Settlement.DeadLetter(DeadLetterReason.Expired, "expired"));
        Found().ShouldBeTrue();

        await new SqliteDeadLetterStore(File).DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);
        await File.Housekeeping.TakeTurnAsync(CancellationToken.None);

        Found().ShouldBeFalse();
    }

    [Fact]
    public async Task Beside_a_backlog_the_wal_is_emptied_each_hour()
    {
        await SendMarkedAsync(500);
        await Queue.EnqueueAsync([Some.Envelope(new Partition(Lane.Import, 1), 99)], CancellationToken.None);
        await SettleAllAsync(Settlement.Complete.Delivered);
        await File.Housekeeping.TakeTurnAsync(CancellationToken.None);
        bool before = Found();

        Folder.Clock.Advance(TimeSpan.FromHours(1));
        await File.Housekeeping.TakeTurnAsync(CancellationToken.None);

        before.ShouldBeTrue();
        Found().ShouldBeFalse();
    }

    [Fact]
    public async Task The_file_shrinks_after_a_backlog()
    {
        string body = new('x', 100_000);
        await Queue.EnqueueAsync(
            [.. Enumerable.Range(0, 200).Select(number => Some.Envelope(new Partition(Lane.Live, 0), number, body))], CancellationToken.None);
        await SettleAllAsync(Settlement.Complete.Delivered, count: 200);
        await File.Housekeeping.TakeTurnAsync(CancellationToken.None);

        // 2,000 free pages are kept for the next burst.
        new FileInfo(Folder.Path).Length.ShouldBeLessThan(10_000_000);
    }

    private Task<EnqueueResult> SendMarkedAsync(int bytes) => Queue.EnqueueAsync(
        [.. Enumerable.Range(0, 10).Select(number => Some.Envelope(new Partition(Lane.Live, 0), number, Marker.PadRight(bytes, 'x') + Marker))],
        CancellationToken.None);

    private async Task SettleAllAsync(Settlement settlement, int count = 10)
    {
        while (count > 0)
        {
            await using IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, count, CancellationToken.None);
            await Task.WhenAll(lease.Events.Select(received => lease.SettleAsync(received, Some.Attempt(received, settlement))));
            count -= lease.Events.Count;
        }
    }

    // Opened and read like any other program would; closing it in this process drops SQLite's own file locks, which nobody else contends for here.
    private bool Found() => Directory.EnumerateFiles(Path.GetDirectoryName(Folder.Path)!)
        .Any(path => ReadShared(path).AsSpan().IndexOf(Encoding.ASCII.GetBytes(Marker)) >= 0);

    private static byte[] ReadShared(string path)
    {
        if (path.EndsWith(".lock", StringComparison.Ordinal))
        {
            return [];
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
