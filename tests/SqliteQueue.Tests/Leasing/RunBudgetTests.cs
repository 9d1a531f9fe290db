using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Leasing;
using CustomerIoDestination.SqliteQueue.Tests.Support;

namespace CustomerIoDestination.SqliteQueue.Tests.Leasing;

public sealed class RunBudgetTests : OpenQueueFile
{
    private const long Mega = 1024 * 1024;
    private const int BigBody = 200_000;

    [Theory]
    [InlineData(0, 4 * Mega)]
    [InlineData(48 * Mega, 4 * Mega)]
    [InlineData(56 * Mega, 2 * Mega)]
    [InlineData((64 * Mega) - 4, 1)]
    [InlineData(64 * Mega, 0)]
    [InlineData(90 * Mega, 0)]
    public void The_fuller_the_hands_the_shorter_the_runs(long inHand, long expected) =>
        RunBudget.BytesFor(64 * Mega, inHand).ShouldBe(expected);

    [Fact]
    public void Bytes_that_a_run_does_not_use_are_there_for_others_and_all_of_them_when_it_ends()
    {
        var budget = new RunBudget(16 * Mega);

        RunBudget.Share first = budget.Take();
        first.Use(1_000);
        RunBudget.Share second = budget.Take();
        long inHand = budget.InHand;
        second.Dispose();
        second.Dispose();
        first.Dispose();

        first.Bytes.ShouldBe(0);
        inHand.ShouldBe(1_000 + (((16 * Mega) - 1_000) / 4));
        budget.InHand.ShouldBe(0);
    }

    [Fact]
    public async Task Many_partitions_of_the_biggest_events_stay_within_the_budget_and_each_gets_one()
    {
        const int Partitions = 24;
        string body = new('x', BigBody);
        for (int partition = 0; partition < Partitions; partition++)
        {
            int number = partition;
            await Queue.EnqueueAsync(
                [.. Enumerable.Range(0, 25).Select(count => Some.Envelope(new Partition(Lane.Live, number), (number * 100) + count, body))],
                CancellationToken.None);
        }

        List<IPartitionLease> leases = [];
        for (int count = 0; count < Partitions; count++)
        {
            leases.Add(await Receiver.ReceiveAsync(Lane.Live, 500, CancellationToken.None));
        }

        long held = leases.Sum(lease => lease.Events.Sum(received => (long)received.Envelope.Body.Length));
        long counted = File.Runs.InHand;
        foreach (IPartitionLease lease in leases)
        {
            await lease.DisposeAsync();
        }

        leases.Select(lease => lease.Partition).Distinct().Count().ShouldBe(Partitions);
        leases.ShouldAllBe(lease => lease.Events.Count > 0);
        held.ShouldBeInRange(RunBudget.MaxBytes / 2, RunBudget.MaxBytes + (Partitions * BigBody));
        counted.ShouldBe(held);
        File.Runs.InHand.ShouldBe(0);
    }

    [Fact]
    public async Task A_partition_gets_its_head_though_nothing_is_left()
    {
        await Queue.EnqueueAsync([.. Enumerable.Range(0, 3).Select(number => Some.Envelope(new Partition(Lane.Live, 1), number))], CancellationToken.None);
        using RunBudget.Share all = File.Runs.Take();
        all.Use(RunBudget.MaxBytes);

        await using (IPartitionLease lease = await Receiver.ReceiveAsync(Lane.Live, 500, CancellationToken.None))
        {
            lease.Events.ShouldHaveSingleItem();
        }

        all.Dispose();
        await using IPartitionLease next = await Receiver.ReceiveAsync(Lane.Live, 500, CancellationToken.None);
        next.Events.Count.ShouldBe(3);
    }
}
