using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Leasing;
using CustomerIoDestination.SqliteQueue.Tests.Support;

namespace CustomerIoDestination.SqliteQueue.Tests.Leasing;

public sealed class ClaimTests : IDisposable
{
    private static readonly Partition Somewhere = new(Lane.Live, 1);
    private readonly QueueFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(500, 0, 500)]
    [InlineData(500, 1, 250)]
    [InlineData(500, 8, 1)]
    [InlineData(500, 9, 1)]
    [InlineData(1, 100, 1)]
    [InlineData(int.MaxValue, 100, 1)]
    public void Each_crash_halves_the_run(int maxEvents, int claims, int expected) =>
        PartitionLeases.SizeOf(maxEvents, claims).ShouldBe(expected);

    [Fact]
    public async Task Nothing_is_written_for_a_claim_while_all_goes_well()
    {
        await using QueueFile file = await OpenAndSendAsync(1);
        long commits = file.Writer.Commits;

        await using IPartitionLease lease = await ReceiveAsync(file);

        file.Writer.Commits.ShouldBe(commits);
    }

    [Fact]
    public async Task An_event_that_ends_the_process_each_time_goes_to_the_dead_letters_after_a_hundred_claims()
    {
        await (await OpenAndSendAsync(40)).DisposeAsync();

        int crashes = 0;
        int delivered = 0;
        int deadLettered = 0;
        for (; deadLettered == 0 && crashes < 1_000; crashes++)
        {
            await using QueueFile file = OpenAfterCrash();

            // The process dies of event 20, and completes each event before it.
            while (file.Writer.Counters.Depth(Lane.Live) > 0)
            {
                await using IPartitionLease lease = await ReceiveAsync(file);
                deadLettered = (int)file.Writer.Counters.DeadLettered;
                if (lease.Events.Any(IsGuilty))
                {
                    await CrashAsync(file, lease);
                    break;
                }

                await Task.WhenAll(lease.Events.Select(received => lease.SettleAsync(received, Some.Attempt(received, Settlement.Complete.Delivered))));
                delivered += lease.Events.Count;
            }
        }

        delivered.ShouldBe(39);
        crashes.ShouldBeInRange(100, 115);
        await using QueueFile last = _folder.Open();
        DeadLetter dead = (await new SqliteDeadLetterStore(last).ListAsync(new DeadLetterQuery(null, 10, null), CancellationToken.None)).Items.ShouldHaveSingleItem();
        dead.Reason.ShouldBe(DeadLetterReason.DeliveryCount);
        dead.EventId.ShouldBe(Some.Envelope(Somewhere, 20).EventId);
    }

    [Fact]
    public async Task A_release_or_a_return_by_a_living_process_clears_the_count()
    {
        await (await OpenAndSendAsync(2)).DisposeAsync();
        await using QueueFile file = OpenAfterCrash();

        await using (IPartitionLease lease = await ReceiveAsync(file))
        {
            (await file.CountAsync("select sum(claims) from events")).ShouldBe(2);
            await lease.SettleAsync(lease.Events[0], Some.Attempt(lease.Events[0], new Settlement.Release("http_503", FailureHistory.None)));
        }

        (await file.CountAsync("select sum(claims) from events")).ShouldBe(0);
    }

    [Fact]
    public async Task A_history_kept_while_a_delivery_goes_on_clears_no_claim_count()
    {
        await (await OpenAndSendAsync(2)).DisposeAsync();
        await using QueueFile file = OpenAfterCrash();
        await using IPartitionLease lease = await ReceiveAsync(file);

        await lease.KeepAsync(lease.Events[0], new FailureHistory(10, Some.Now));

        (await file.CountAsync("select sum(claims) from events")).ShouldBe(2);
    }

    [Fact]
    public async Task After_an_orderly_end_nothing_is_counted()
    {
        await (await OpenAndSendAsync(2)).DisposeAsync();
        await using QueueFile file = _folder.Open();

        await using IPartitionLease lease = await ReceiveAsync(file);

        (await file.CountAsync("select sum(claims) from events")).ShouldBe(0);
    }

    private static bool IsGuilty(ReceivedEvent received) => received.Envelope.EventId == Some.Envelope(Somewhere, 20).EventId;

    private static Task<IPartitionLease> ReceiveAsync(QueueFile file) =>
        new SqliteEventReceiver(file).ReceiveAsync(Lane.Live, 500, CancellationToken.None);

    private async Task<QueueFile> OpenAndSendAsync(int count)
    {
        QueueFile file = _folder.Open();
        await new SqliteEventQueue(file).EnqueueAsync([.. Enumerable.Range(0, count).Select(number => Some.Envelope(Somewhere, number))], CancellationToken.None);
        return file;
    }

    /// <summary>Opens the file as it lay there when the process before was killed.</summary>
    private QueueFile OpenAfterCrash()
    {
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_folder.Path};Pooling=false"))
        {
            connection.Open();
            using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
            command.CommandText = "update counters set value = 0 where name = 'clean_end'";
            command.ExecuteNonQuery();
        }

        return _folder.Open();
    }

    /// <summary>Undoes what giving the lease back clears, since a killed process gives nothing back.</summary>
    private static async Task CrashAsync(QueueFile file, IPartitionLease lease)
    {
        IReadOnlyList<long> sequence = [.. lease.Events.Select(received => received.SequenceNumber)];
        List<long> claims = [];
        foreach (long number in sequence)
        {
            claims.Add(await file.CountAsync($"select claims from events where sequence = {number}"));
        }

        await lease.DisposeAsync();
        for (int index = 0; index < sequence.Count; index++)
        {
            await file.CountAsync($"update events set claims = {claims[index]} where sequence = {sequence[index]}");
        }

    }
}
