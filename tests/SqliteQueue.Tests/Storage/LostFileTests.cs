using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Tests.Support;
using CustomerIoDestination.SqliteQueue.Writing;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.SqliteQueue.Tests.Storage;

/// <summary>Somebody deletes, moves, replaces, cuts or damages the queue's file while the host works on it.</summary>
public sealed class LostFileTests : OpenQueueFile
{
    private const int Partitions = 64;

    [Theory]
    [InlineData("deleted with all beside it")]
    [InlineData("deleted alone")]
    [InlineData("moved")]
    [InlineData("replaced")]
    [InlineData("without its wal")]
    [InlineData("emptied")]
    [InlineData("cut in half")]
    [InlineData("with its wal cut")]
    public async Task A_file_that_is_lost_is_noticed_within_a_second_and_takes_nothing_more(string how)
    {
        await FillAsync();
        Lose(how);

        Folder.Clock.Advance(TimeSpan.FromSeconds(1));
        await LookAsync();
        EnqueueResult after = await EnqueueAsync(1_000_000);

        after.ShouldBeOfType<EnqueueResult.Unavailable>().Code.ShouldBe("queue_file_lost");
        (await Queue.GetHealthAsync(CancellationToken.None)).ShouldBe(QueueHealth.FileLost);
        (await Queue.GetStatusAsync(CancellationToken.None))!.CanEnqueue.ShouldBeFalse();
        Errors().Where(line => line.Contains("Events are refused from now on", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain(File.Path);
    }

    [Theory]
    [InlineData("deleted with all beside it")]
    [InlineData("replaced")]
    [InlineData("without its wal")]
    [InlineData("cut in half")]
    [InlineData("with its wal cut")]
    public async Task Into_a_file_that_is_lost_nothing_is_promised_before_that_second_is_over(string how)
    {
        await FillAsync();
        Lose(how);

        (await EnqueueAsync(1_000_000)).ShouldBeOfType<EnqueueResult.Unavailable>().Code.ShouldBe("queue_file_lost");
    }

    [Theory]
    [InlineData("deleted with all beside it")]
    [InlineData("replaced")]
    [InlineData("with its wal cut")]
    public async Task Into_a_file_that_is_lost_no_forgetting_is_promised(string how)
    {
        await FillAsync();
        Lose(how);

        UnavailableException refused = await Should.ThrowAsync<UnavailableException>(() => new SqlitePersonStore(File).PromiseAsync([Forgotten()], CancellationToken.None));

        refused.Code.ShouldBe("queue_file_lost");
    }

    [Fact]
    public async Task Into_a_file_that_is_lost_goes_what_a_delivery_remembers_since_the_rest_of_it_is_delivered()
    {
        await FillAsync();
        var people = new SqlitePersonStore(File);
        Lose("deleted with all beside it");
        await Should.ThrowAsync<UnavailableException>(() => people.PromiseAsync([Forgotten()], CancellationToken.None));
        IReadOnlyList<PersonRow> before = await people.ReadAsync([Forgotten().Key], CancellationToken.None);

        await people.PutAsync([Forgotten()], CancellationToken.None);

        before.ShouldBeEmpty();
        (await people.ReadAsync([Forgotten().Key], CancellationToken.None)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task In_a_file_that_is_lost_no_dead_letter_is_replayed_or_discarded_and_no_event_removed()
    {
        await FillAsync();
        var letters = new SqliteDeadLetterStore(File);
        await using (IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, 1, CancellationToken.None))
        {
            await lease.SettleAsync(lease.Events[0], Some.Attempt(lease.Events[0], new Settlement.DeadLetter(DeadLetterReason.NoEmail, "no e-mail")));
        }

        Lose("deleted with all beside it");

        foreach (Func<Task> change in new Func<Task>[]
        {
            () => letters.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None),
            () => letters.DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None),
            () => Queue.RemoveAsync(static _ => true, SkipReason.Forgotten, CancellationToken.None),
        })
        {
            (await Should.ThrowAsync<UnavailableException>(change)).Code.ShouldBe("queue_file_lost");
        }

        (await letters.ListAsync(new DeadLetterQuery(null, 10, null), CancellationToken.None)).Items.ShouldHaveSingleItem();
        File.Writer.Counters.Depth(Lane.Live).ShouldBe((Partitions * 20) - 1);
    }

    [Fact]
    public async Task Of_a_file_that_is_cut_so_that_it_can_t_be_read_every_list_says_so()
    {
        await FillAsync();
        var letters = new SqliteDeadLetterStore(File);
        var log = new SqliteDeliveryLog(File);
        Lose("with its wal cut");
        await LookAsync();

        foreach (Func<Task> look in new Func<Task>[]
        {
            () => letters.ListAsync(new DeadLetterQuery(null, 10, null), CancellationToken.None),
            () => letters.FindAsync("1", CancellationToken.None),
            () => letters.FindResultAsync(new DeadLetterRun(1, Folder.Clock.GetUtcNow()), CancellationToken.None),
            () => log.ListAsync(new DeliveryLogQuery(10, null, null, null), CancellationToken.None),
            () => log.FindStoryAsync("01", CancellationToken.None),
        })
        {
            (await Should.ThrowAsync<UnavailableException>(look)).Code.ShouldBe("queue_file_lost");
        }
    }

    [Fact]
    public async Task A_deleted_queue_has_no_second_owner_while_the_first_lives()
    {
        await FillAsync();
        Lose("deleted with all beside it");
        Folder.Clock.Advance(TimeSpan.FromSeconds(1));
        await LookAsync();

        Should.Throw<QueueFileException>(() => Folder.Open()).Error.ShouldBe(QueueFileError.InUse);
    }

    [Fact]
    public async Task Events_of_a_deleted_file_are_delivered_as_long_as_the_host_runs()
    {
        await FillAsync();
        Lose("deleted with all beside it");
        Folder.Clock.Advance(TimeSpan.FromSeconds(1));
        await LookAsync();

        int delivered = 0;
        while (File.Writer.Counters.Depth(Lane.Live) > 0)
        {
            await using IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, 100, CancellationToken.None);
            await Task.WhenAll(lease.Events.Select(received => lease.SettleAsync(received, Some.Attempt(received, Settlement.Complete.Delivered))));
            delivered += lease.Events.Count;
        }

        delivered.ShouldBe(Partitions * 20);
    }

    [Fact]
    public async Task Nothing_is_copied_into_a_file_that_was_cut()
    {
        await FillAsync();
        Lose("cut in half");
        long length = new FileInfo(File.Path).Length;

        await LookAsync();
        Folder.Clock.Advance(TimeSpan.FromHours(1));
        await LookAsync();

        new FileInfo(File.Path).Length.ShouldBe(length);
    }

    [Fact]
    public async Task A_file_that_was_cut_in_half_is_refused_at_the_next_start()
    {
        await FillAsync();
        await File.DisposeAsync();
        Lose("cut in half");

        Should.Throw<QueueFileException>(() => Folder.Open()).Error.ShouldBe(QueueFileError.Corrupt);
    }

    [Fact]
    public async Task Partitions_that_can_t_be_read_are_in_status_and_health_and_take_nothing_and_the_others_go_on()
    {
        await DamageAsync(new Partition(Lane.Live, 7));
        await FillAsync();

        await ReceiveUntilDamageIsSeenAsync();

        QueueStatus status = (await Queue.GetStatusAsync(CancellationToken.None))!;
        status.UnreadablePartitions.ShouldBe([new Partition(Lane.Live, 7)]);
        (await Queue.GetHealthAsync(CancellationToken.None)).ShouldBe(QueueHealth.Refusing);
        (await EnqueueAsync(7)).ShouldBeOfType<EnqueueResult.Unavailable>().Code.ShouldBe("queue_unreadable");
        (await EnqueueAsync(8)).ShouldBe(EnqueueResult.Enqueued.All);
        Errors().ShouldHaveSingleItem().ShouldContain("Partition l-07 can't be read");
    }

    /// <summary>Every other partition is handed out and given back, so that the damaged one's turn comes.</summary>
    private async Task ReceiveUntilDamageIsSeenAsync()
    {
        using var end = new CancellationTokenSource();
        while (File.Leases.UnreadableCount == 0)
        {
            Task<IPartitionLease> receiving = Receiver.ReceiveAsync(Lane.Live, 1, end.Token);
            while (!receiving.IsCompleted && File.Leases.UnreadableCount == 0)
            {
                await Task.Yield();
            }

            if (receiving.IsCompletedSuccessfully)
            {
                await (await receiving).DisposeAsync();
            }
        }

        await end.CancelAsync();
    }

    private PersonRow Forgotten() => new(new PersonKey(7), PersonRowKind.Forgotten, new byte[16], Folder.Clock.GetUtcNow().AddDays(30));

    private void Lose(string how)
    {
        string path = File.Path;
        switch (how)
        {
            case "deleted with all beside it":
                foreach (string file in Directory.GetFiles(Path.GetDirectoryName(path)!))
                {
                    System.IO.File.Delete(file);
                }

                break;
            case "deleted alone":
                System.IO.File.Delete(path);
                break;
            case "moved":
                System.IO.File.Move(path, path + ".old");
                break;
            case "replaced":
                System.IO.File.WriteAllText(path + ".new", "");
                System.IO.File.Move(path + ".new", path, overwrite: true);
                break;
            case "without its wal":
                System.IO.File.Delete(path + "-wal");
                break;
            case "emptied":
                Cut(path, 0);
                break;
            case "cut in half":
                Cut(path, new FileInfo(path).Length / 2);
                break;
            default:
                Cut(path + "-wal", 0);
                break;
        }
    }

    // By another process, since closing a handle here would drop this process's lock.
    private static void Cut(string path, long length)
    {
        using var truncate = System.Diagnostics.Process.Start("truncate", ["-s", length.ToString(System.Globalization.CultureInfo.InvariantCulture), path]);
        truncate.WaitForExit();
    }

    /// <summary>A partition's first event is so long that pages hold nothing but it; the first of them loses the way to the next.</summary>
    private async Task DamageAsync(Partition partition)
    {
        const int pageBytes = 4096;
        await Queue.EnqueueAsync([Some.Envelope(partition, 2_000_000, new string('y', 200_000))], CancellationToken.None);
        await File.Writer.WriteAsync(new WriteWork<bool>(_ => File.Checkpoints.Truncate(), runsAlone: true));
        byte[] bytes = await System.IO.File.ReadAllBytesAsync(File.Path);
        int page = Enumerable.Range(0, bytes.Length / pageBytes)
            .First(number => bytes.AsSpan((number * pageBytes) + 4, pageBytes - 4).IndexOfAnyExcept((byte)'y') < 0);
        await using FileStream stream = new(File.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Position = page * pageBytes;
        stream.Write([255, 255, 255, 255]);
    }

    /// <summary>Events of 64 partitions, on disk and copied out of the WAL, and some in the WAL.</summary>
    private async Task FillAsync()
    {
        for (int round = 0; round < 2; round++)
        {
            EventEnvelope[] events = [.. Enumerable.Range(round * Partitions * 10, Partitions * 10)
                .Select(number => Some.Envelope(new Partition(Lane.Live, number % Partitions), number, new string('x', 1_000)))];
            (await Queue.EnqueueAsync(events, CancellationToken.None)).ShouldBe(EnqueueResult.Enqueued.All);
            if (round == 0)
            {
                await File.Writer.WriteAsync(new WriteWork<bool>(_ => File.Checkpoints.Truncate(), runsAlone: true));
            }
        }
    }

    private async Task LookAsync()
    {
        try
        {
            await File.Housekeeping.TakeTurnAsync(CancellationToken.None);
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            // A file that is cut can't be read; the turn each second says so.
        }
    }

    private string[] Errors() => [.. Folder.Log.Collector.GetSnapshot().Where(line => line.Level is LogLevel.Error).Select(line => line.Message)];

    private Task<EnqueueResult> EnqueueAsync(int number) =>
        Queue.EnqueueAsync([Some.Envelope(new Partition(Lane.Live, number % Partitions), number)], CancellationToken.None);
}
