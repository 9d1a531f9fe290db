using CustomerIoDestination.AzureServices.RateShare;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.RateShare;

public sealed class SliceDemandTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(8, 1)]
    [InlineData(9, 2)]
    [InlineData(40, 5)]
    [InlineData(1_000, 10)]
    public void The_requests_asked_for_in_a_second_decide_how_many_slices_are_wanted(int asked, int slices) => Demand(asked).Slices().ShouldBe(slices);

    [Fact]
    public void A_share_that_is_used_up_wants_one_more() => Demand(10 * 10 / 10).Slices().ShouldBe(2);

    [Fact]
    public void The_busiest_of_the_last_five_seconds_counts_and_then_nothing()
    {
        SliceDemand demand = Demand(40);
        _time.Advance(TimeSpan.FromSeconds(4));

        demand.Slices().ShouldBe(5);

        _time.Advance(TimeSpan.FromSeconds(1));

        demand.Slices().ShouldBe(0);
    }

    [Fact]
    public void A_single_ping_wants_one_slice_however_long_it_waits()
    {
        SliceDemand demand = Demand(1);
        for (int tick = 0; tick < 100; tick++)
        {
            demand.AtLeast(1);
            demand.Slices().ShouldBe(1);
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }
    }

    [Fact]
    public void Those_who_wait_are_wanted_for_at_once()
    {
        SliceDemand demand = Demand(0);
        demand.AtLeast(40);

        demand.Slices().ShouldBe(5);
    }

    private SliceDemand Demand(int asked)
    {
        SliceDemand demand = new(slicesRate: 10, _time);
        for (int i = 0; i < asked; i++)
        {
            demand.Add();
        }

        return demand;
    }
}
