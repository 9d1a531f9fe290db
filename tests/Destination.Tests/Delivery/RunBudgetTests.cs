using CustomerIoDestination.Delivery;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Tests.Delivery;

public sealed class RunBudgetTests
{
    private readonly RunBudget _batch = new(new DeliverySettings { Mode = DeliveryMode.Batch, BatchItems = 500 });

    [Fact]
    public void A_few_partitions_may_have_whole_batches()
    {
        Enumerable.Range(0, 8).Select(_ => _batch.Take()).ShouldAllBe(run => run == 500);
    }

    [Fact]
    public void Many_partitions_have_together_little_more_than_fits_on_the_wire_and_each_enough_to_move()
    {
        List<int> runs = [.. Enumerable.Range(0, 64).Select(_ => _batch.Take())];

        runs.Min().ShouldBe(100);
        runs.Sum().ShouldBeLessThan(10_000);
    }

    [Fact]
    public void What_is_given_back_may_be_taken_again()
    {
        List<int> runs = [.. Enumerable.Range(0, 9).Select(_ => _batch.Take())];
        _batch.Take().ShouldBe(100);

        _batch.Return(runs.Sum());

        _batch.Take().ShouldBe(500);
    }

    [Fact]
    public void One_request_an_event_needs_short_runs_only()
    {
        RunBudget single = new(new DeliverySettings());

        Enumerable.Range(0, 100).Select(_ => single.Take()).ShouldAllBe(run => run == 64);
    }
}
