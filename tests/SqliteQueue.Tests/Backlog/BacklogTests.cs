using System.Globalization;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tests.Support;
using CustomerIoDestination.SqliteQueue.Writing;

namespace CustomerIoDestination.SqliteQueue.Tests.Backlog;

/// <summary>What a great backlog must not cost. By itself, since memory is the process's.</summary>
[Collection(nameof(ByItself))]
public sealed class BacklogTests : IAsyncLifetime, IDisposable
{
    private const int Events = 200_000;
    private const int Partitions = 64;
    private const int BodyBytes = 600;
    private const int RunLength = 500;

    private readonly QueueFolder _folder = new();
    private QueueFile _file = null!;

    public async Task InitializeAsync()
    {
        _file = _folder.Open();
        await FillAsync(first: 1, count: 2_000);
    }

    public async Task DisposeAsync() => await _file.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_statement_walks_the_events_the_dead_letters_or_the_remembered_ids()
    {
        using var statements = new PreparedStatements(_folder.Path);

        IReadOnlyList<(string Sql, IReadOnlyList<string> Steps)> plans = statements.Plans();

        plans.Count.ShouldBeGreaterThan(30);
        string[] walks = ["SCAN events", "SCAN dead_letters", "SCAN seen", "SCAN e", "SCAN s"];
        plans.SelectMany(plan => plan.Steps.Where(step => walks.Any(walk => step == walk || step.StartsWith(walk + " ", StringComparison.Ordinal)))
                .Select(step => $"{step}: {plan.Sql}"))
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_status_lists_and_runs_cost_the_same_at_any_depth()
    {
        (string Name, int Instructions)[] shallow = Cost();
        await FillAsync(2_001, Events - 2_000);
        (string Name, int Instructions)[] deep = Cost();

        foreach (((string name, int before), (_, int after)) in shallow.Zip(deep))
        {
            before.ShouldBeGreaterThan(0, name);
            after.ShouldBeLessThanOrEqualTo(before + (before / 10), name);
        }
    }

    [Fact]
    public async Task Runs_in_all_hands_take_a_small_part_of_the_backlog_into_memory()
    {
        await FillAsync(2_001, Events - 2_000);

        // What was filled in past the queue is found at a start.
        await _file.DisposeAsync();
        _file = _folder.Open();
        var receiver = new SqliteEventReceiver(_file);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        List<IPartitionLease> leases = [];
        for (int count = 0; count < Partitions; count++)
        {
            leases.Add(await receiver.ReceiveAsync(Lane.Live, RunLength, CancellationToken.None));
        }

        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        leases.Sum(lease => lease.Events.Count).ShouldBe(Partitions * RunLength);
        held.ShouldBeLessThan(Partitions * RunLength * (BodyBytes + 1_000L));
        foreach (IPartitionLease lease in leases)
        {
            await lease.DisposeAsync();
        }
    }

    private (string Name, int Instructions)[] Cost()
    {
        using var statements = new PreparedStatements(_folder.Path);
        Partition somewhere = new(Lane.Live, 3);
        Partition[] all = [.. Enumerable.Range(0, Partitions).Select(number => new Partition(Lane.Live, number))];
        return
        [
            ("start", statements.InstructionsOf(() => statements.Events.ReadPartitions().Count.ShouldBe(Partitions))),
            ("status", statements.InstructionsOf(() => statements.Events.OldestQueuedAt(all).ShouldNotBeNull())),
            ("run", statements.InstructionsOf(() => statements.Events.ReadRun(somewhere, 20, long.MaxValue).Run.Count.ShouldBe(20))),
            ("dead letters", statements.InstructionsOf(() => statements.DeadLetters.List(null, 0, 20).Count.ShouldBe(20))),
            ("dead letters of a reason", statements.InstructionsOf(() => statements.DeadLetters.List(DeadLetterReason.Expired, 0, 20).Count.ShouldBe(20))),
            ("newest and oldest dead letter", statements.InstructionsOf(() => (statements.DeadLetters.Newest() > 0 && statements.DeadLetters.Oldest() is not null).ShouldBeTrue())),
        ];
    }

    /// <summary>Events of 64 partitions, and a dead letter for every tenth; fast, past the queue.</summary>
    private Task<long> FillAsync(int first, int count)
    {
        string numbers = string.Create(CultureInfo.InvariantCulture, $"with recursive n(i) as (values ({first}) union all select i + 1 from n where i < {first + count - 1})");
        return _file.Writer.WriteAsync(new WriteWork<long>(session =>
            session.Read($"""
                {numbers} insert into events (sequence, lane, partition, event_id, kind, queued_at, received_at, replay_count, as_of_now, lifecycle_allowed, body)
                select i, 0, i % {Partitions}, 'id' || i, 'track', i, i, 0, 0, 0, zeroblob({BodyBytes}) from n
                """)
            + session.Read($"""
                {numbers} insert into dead_letters (lane, partition, event_id, kind, queued_at, received_at, replay_count, lifecycle_allowed, reason, description, dead_lettered_at, attempts, body)
                select 0, i % {Partitions}, 'dead' || i, 'track', i, i, 0, 0, 'expired', 'expired', i, 1, zeroblob({BodyBytes}) from n where i % 10 = 0
                """)));
    }
}
