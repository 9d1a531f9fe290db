using System.Text.Json;
using CustomerIoDestination.Chaos.Plan;
using CustomerIoDestination.TestRig.Traffic;

namespace CustomerIoDestination.Chaos.Tests;

public sealed class ChaosPlanTests
{
    [Fact]
    public void The_same_seed_makes_the_same_plan_and_the_same_traffic()
    {
        Text(Plan(seed: 7)).ShouldBe(Text(Plan(seed: 7)));
        Text(Plan(seed: 7)).ShouldNotBe(Text(Plan(seed: 8)));
        Bodies(seed: 7).ShouldBe(Bodies(seed: 7));
        Bodies(seed: 7).ShouldNotBe(Bodies(seed: 8));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(50)]
    public void Every_trouble_is_in_some_life_and_the_last_one_gets_well(int kills)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            IReadOnlyList<Life> plan = Plan(seed, kills);

            plan.Count.ShouldBe(kills + 1);
            plan.SelectMany(life => life.Troubles).Distinct().Order().ShouldBe(Enum.GetValues<Trouble>());
            plan[^1].KillAfter.ShouldBeNull();
            plan[^1].Troubles.ShouldNotContain(Trouble.KeyRefused);
            plan[^1].Troubles.ShouldContain(Trouble.LongOutage);
            plan.Count(life => life.ReleasesSoon).ShouldBe(1);
            plan[^1].Troubles.ShouldNotContain(Trouble.DiskFull);
            plan.SelectMany(life => life.Troubles).SelectMany(Troubles.FaultsOf).ShouldAllBe(fault => fault.ForSeconds != null);
        }
    }

    [Fact]
    public void A_long_run_ends_with_a_pause_that_ends_by_itself() =>
        ChaosPlan.Of(ChaosOptions.Short with { Events = 20_000 })[^1].Troubles.ShouldContain(Trouble.KeyRefused);

    [Fact]
    public void Over_Service_Bus_no_disk_is_full() =>
        ChaosPlan.Of(ChaosOptions.Short with { Queue = ChaosQueue.ServiceBus, Kills = 50 }).SelectMany(life => life.Troubles).ShouldNotContain(Trouble.DiskFull);

    [Fact]
    public void Kills_come_while_events_are_still_sent()
    {
        IReadOnlyList<Life> plan = Plan(seed: 3, kills: 9);

        int[] kills = [.. plan.SkipLast(1).Select(life => life.KillAfter!.Value)];
        kills.ShouldBe(kills.Order());
        kills.ShouldAllBe(after => after > 0 && after < ChaosOptions.Short.Events);
    }

    private static IReadOnlyList<Life> Plan(int seed, int kills = 4) => ChaosPlan.Of(ChaosOptions.Short with { Seed = seed, Kills = kills });

    private static string Text(IReadOnlyList<Life> plan) => JsonSerializer.Serialize(plan);

    private static string Bodies(int seed)
    {
        var stream = new TrafficStream(Enumerable.Range(0, 50), device => DeviceTraffic.Of(seed, device, withDeadLetters: true), window: 10, new Random(seed));
        return string.Join('\n', stream.Select(source => source.Body.ToJsonString()));
    }
}
