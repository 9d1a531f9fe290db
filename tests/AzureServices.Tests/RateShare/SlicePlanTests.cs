using CustomerIoDestination.AzureServices.RateShare;

namespace CustomerIoDestination.AzureServices.Tests.RateShare;

public sealed class SlicePlanTests
{
    private static readonly TimeSpan Now = TimeSpan.FromMinutes(10);

    [Fact]
    public void As_many_free_slices_are_tried_for_as_are_wanted()
    {
        SlicePlan plan = SlicePlan.Decide(AllFree(), wanted: 3, Now);

        plan.Try.Count.ShouldBe(3);
        plan.Renew.ShouldBeEmpty();
        plan.GiveBack.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_held_when_nothing_is_wanted()
    {
        SlicePlan plan = SlicePlan.Decide([Held(0, since: 20, asked: 2), .. AllFree().Skip(1)], wanted: 0, Now);

        plan.GiveBack.ShouldHaveSingleItem().Index.ShouldBe(0);
        plan.Try.ShouldBeEmpty();
    }

    [Fact]
    public void When_too_many_are_held_the_one_held_longest_is_given_back()
    {
        SlicePlan plan = SlicePlan.Decide([Held(0, since: 30, asked: 1), Held(1, since: 10, asked: 1), .. AllFree().Skip(2)], wanted: 1, Now);

        plan.GiveBack.ShouldHaveSingleItem().Index.ShouldBe(0);
    }

    [Theory]
    [InlineData(4.9, false)]
    [InlineData(5, true)]
    public void A_lease_is_renewed_long_before_its_spending_ends(double asked, bool renewed)
    {
        SlicePlan plan = SlicePlan.Decide([Held(0, since: 20, asked), .. AllFree().Skip(1)], wanted: 1, Now);

        plan.Renew.Any().ShouldBe(renewed);
        (SlicePlan.RenewAfter * 2).ShouldBeLessThan(Slice.Spend);
    }

    [Theory]
    [InlineData(44.9, false)]
    [InlineData(45, true)]
    public void A_slice_is_given_back_after_its_turn_however_much_is_wanted(double since, bool givenBack)
    {
        SlicePlan plan = SlicePlan.Decide([Held(0, since, asked: 1), .. AllFree().Skip(1)], wanted: 10, Now);

        plan.GiveBack.Any().ShouldBe(givenBack);
        plan.GiveBack.ShouldAllBe(slice => !plan.Renew.Contains(slice));
    }

    [Fact]
    public void A_process_that_gave_a_slice_back_lets_the_one_that_waits_for_it_come_first()
    {
        Slice[] slices = [Held(0, since: 45, asked: 1).Lost(Now + SlicePlan.AfterTurn), .. AllFree().Skip(1).Select(slice => slice.Lost(Now + SlicePlan.AfterRefusal))];

        SlicePlan.Decide(slices, wanted: 10, Now).Try.ShouldBeEmpty();
        SlicePlan.Decide(slices, wanted: 10, Now + SlicePlan.AfterRefusal).Try.Count.ShouldBe(9);
        SlicePlan.Decide(slices, wanted: 10, Now + SlicePlan.AfterTurn).Try.Count.ShouldBe(10);
    }

    [Theory]
    [InlineData(11.9, true)]
    [InlineData(12, false)]
    public void A_slice_is_spent_for_twelve_seconds_of_the_fifteen_it_is_held(double asked, bool maySpend)
    {
        Held(0, since: 20, asked).MaySpend(Now).ShouldBe(maySpend);
        Slice.Lease.ShouldBe(TimeSpan.FromSeconds(15));
    }

    private static Slice[] AllFree() => [.. Enumerable.Range(0, SlicePlan.Slices).Select(Slice.Free)];

    private static Slice Held(int index, double since, double asked) =>
        Slice.Free(index).Acquired("lease", Now - TimeSpan.FromSeconds(since)) with { AskedAt = Now - TimeSpan.FromSeconds(asked) };
}
