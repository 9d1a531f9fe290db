using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.SqliteQueue.Tests.Support;
using CustomerIoDestination.SqliteQueue.Writing;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tests.Tables;

/// <summary>Duplicate detection whose memory is so small that ids go to the index all the time.</summary>
public sealed class SeenIdsTests : IDisposable
{
    private const int Tiny = 1;
    private const int Smallest = 16;

    private readonly QueueFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task It_knows_what_a_set_would_know_over_commits_rollbacks_days_and_starts(int seed)
    {
        var random = new Random(seed);
        Dictionary<int, DateTimeOffset> known = [];
        QueueFile file = _folder.Open(seenMemory: Tiny);
        for (int step = 0; step < 400; step++)
        {
            switch (random.Next(20))
            {
                case 0:
                    await file.DisposeAsync();
                    file = _folder.Open(seenMemory: Tiny);
                    break;
                case 1:
                    _folder.Clock.Advance(TimeSpan.FromHours(random.Next(30)));
                    break;
                case 2:
                    await file.Housekeeping.TakeTurnAsync(CancellationToken.None);
                    break;
                case 3:
                    await RollBackAsync(file, [.. Numbers(random)]);
                    break;
                default:
                    await EnqueueAsync(file, known, [.. Numbers(random)]);
                    break;
            }
        }

        (await file.CountAsync("select count(*) from seen_index")).ShouldBeGreaterThan(Smallest);
        await file.DisposeAsync();
    }

    [Fact]
    public async Task Whatever_a_transaction_that_failed_took_to_the_index_is_taken_there_again()
    {
        await using QueueFile file = _folder.Open(seenMemory: Tiny);
        Dictionary<int, DateTimeOffset> known = [];
        await EnqueueAsync(file, known, [.. Enumerable.Range(0, Smallest)]);
        await RollBackAsync(file, [.. Enumerable.Range(100, 2 * Smallest)], whileSealing: true);
        long after = await file.CountAsync("select count(*) from seen_index");
        await EnqueueAsync(file, known, [.. Enumerable.Range(200, Smallest)]);

        after.ShouldBe(0);
        (await file.CountAsync("select count(*) from seen_index")).ShouldBeGreaterThanOrEqualTo(Smallest);
        await EnqueueAsync(file, known, [.. Enumerable.Range(0, 300)]);
    }

    [Fact]
    public async Task What_is_gone_from_the_ids_leaves_their_index()
    {
        await using QueueFile file = _folder.Open(seenMemory: Tiny);
        await EnqueueAsync(file, [], [.. Enumerable.Range(0, 500)]);
        await EnqueueAsync(file, [], [.. Enumerable.Range(1_000, 500)]);
        long full = await file.CountAsync("select count(*) from seen_index");
        _folder.Clock.Advance(TimeSpan.FromDays(9));
        await EnqueueAsync(file, [], [5_000]);

        full.ShouldBeGreaterThan(400);
        await Eventually.BecomesTrueAsync(async () =>
        {
            await TakeNextTurnAsync(file);
            return await file.CountAsync("select count(*) from seen") == 1 && await file.CountAsync("select count(*) from seen_index") == 0;
        });
    }

    [Fact]
    public async Task What_an_older_version_knew_is_known_until_it_is_out_of_the_window()
    {
        Dictionary<int, DateTimeOffset> known = [];
        await using (QueueFile file = _folder.Open(seenMemory: Tiny))
        {
            await EnqueueAsync(file, known, [.. Enumerable.Range(0, 50)]);
        }

        Change("""
            insert into seen_before (message_id, day, sequence) select message_id, day, sequence from seen;
            drop table seen;
            drop table seen_index;
            alter table seen_before rename to seen;
            delete from counters where name like 'seen/%';
            drop index events_by_time;
            drop index events_by_partition;
            create index events_by_partition on events (lane, partition, sequence);
            alter table events drop column not_before;
            alter table events drop column is_repeat;
            alter table dead_letters drop column is_repeat;
            pragma user_version = 5;
            """);

        await using QueueFile upgraded = _folder.Open(seenMemory: Tiny);
        await EnqueueAsync(upgraded, known, [.. Enumerable.Range(0, 60)]);
        await upgraded.Housekeeping.TakeTurnAsync(CancellationToken.None);
        EventStory? story = await new SqliteDeliveryLog(upgraded).FindStoryAsync(Envelope(7).EventId, CancellationToken.None);
        _folder.Clock.Advance(TimeSpan.FromDays(7));
        await EnqueueAsync(upgraded, known, [.. Enumerable.Range(0, 60)]);
        _folder.Clock.Advance(TimeSpan.FromDays(1));
        await EnqueueAsync(upgraded, known, [.. Enumerable.Range(0, 60)]);

        story.ShouldNotBeNull();

        await Eventually.BecomesTrueAsync(async () =>
        {
            await TakeNextTurnAsync(upgraded);
            return await upgraded.CountAsync("select count(*) from seen_before") == 0;
        });
    }

    [Fact]
    public async Task An_event_on_the_queue_is_found_by_its_id_from_memory_and_from_the_index()
    {
        await using QueueFile file = _folder.Open(seenMemory: Tiny);
        await EnqueueAsync(file, [], [.. Enumerable.Range(0, 100)]);
        await EnqueueAsync(file, [], [.. Enumerable.Range(100, 5)]);
        var log = new SqliteDeliveryLog(file);

        (await file.CountAsync("select count(*) from seen_index")).ShouldBeInRange(1, 104);
        foreach (int number in (int[])[0, 50, 99, 104])
        {
            (await log.FindStoryAsync(Envelope(number).EventId, CancellationToken.None)).ShouldNotBeNull();
        }
    }

    [Fact]
    public void The_hash_is_one_of_the_event_s_id_and_the_file_s_key()
    {
        byte[] key = [.. Enumerable.Range(0, 16).Select(number => (byte)number)];
        var hash = new EventHash(BitConverter.ToUInt64(key, 0), BitConverter.ToUInt64(key, 8));

        hash.Of(key).ShouldBe(hash.Of([.. key, 1, 2, 3]));
        Enumerable.Range(0, 5_000).Select(number => hash.Of(MessageKey.PrefixOf(Ulid.Of(Some.Now, number)))).ShouldBeUnique();
        new EventHash(1, 2).Of(key).ShouldNotBe(hash.Of(key));
        hash.Of(key).ShouldBeInRange(0, 1L << 48);
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(64 * 1024 * 1024, 131_072)]
    [InlineData(1024L * 1024 * 1024, 1_048_576)]
    public void So_many_ids_wait_for_the_index_as_a_quarter_of_the_memory_takes(long memory, int lot) => SeenIds.LotFor(memory).ShouldBe(lot);

    // Housekeeping's own turn, by the time before, may have ended the round: the next one begins an hour later.
    private Task TakeNextTurnAsync(QueueFile file)
    {
        _folder.Clock.Advance(TimeSpan.FromHours(1));
        return file.Housekeeping.TakeTurnAsync(CancellationToken.None);
    }

    private static IEnumerable<int> Numbers(Random random) => Enumerable.Range(0, 1 + random.Next(40)).Select(_ => random.Next(4_000));

    private static EventEnvelope Envelope(int number) => Some.Envelope(new Partition(Lane.Live, number % 4), number);

    /// <summary>Enqueues, and holds what was taken against what should be.</summary>
    private async Task EnqueueAsync(QueueFile file, Dictionary<int, DateTimeOffset> known, int[] numbers)
    {
        long before = file.Writer.Counters.Depth(Lane.Live);
        long expected = before;
        foreach (int number in numbers)
        {
            DateTimeOffset now = _folder.Clock.GetUtcNow();
            if (!known.TryGetValue(number, out DateTimeOffset at) || SeenTable.DayOf(at) < SeenTable.DayOf(now) - SeenTable.WindowDays)
            {
                known[number] = now;
                expected++;
            }
        }

        (await new SqliteEventQueue(file).EnqueueAsync([.. numbers.Select(Envelope)], CancellationToken.None)).ShouldBeOfType<EnqueueResult.Enqueued>();

        file.Writer.Counters.Depth(Lane.Live).ShouldBe(expected);
    }

    private static async Task RollBackAsync(QueueFile file, int[] numbers, bool whileSealing = false)
    {
        Task failed = file.Writer.WriteAsync(new WriteWork<bool>(session =>
        {
            foreach (int number in numbers)
            {
                EventEnvelope envelope = Envelope(number);
                session.Seen.TryAdd(MessageKey.Of(envelope.EventId, envelope.Kind, 0), session.Now, session.Counters.NextSequence);
                session.Counters.EventAdded(Lane.Live);
            }

            if (whileSealing)
            {
                session.Seen.Seal();
            }

            throw new InvalidOperationException("It fails.");
        }));
        await Should.ThrowAsync<InvalidOperationException>(failed);
    }

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.Path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
