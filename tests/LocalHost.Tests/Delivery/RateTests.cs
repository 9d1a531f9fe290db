using CustomerIoDestination.LocalHost.Tests.Support;
using TrackApiSandbox.Faults;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.LocalHost.Tests.Delivery;

/// <summary>The rate, as the sandbox sees it by its own clock.</summary>
public sealed class RateTests
{
    [Theory]
    [InlineData(50, 10)]
    [InlineData(100, 5)]
    [InlineData(200, 4)]
    [InlineData(1000, 2)]
    public async Task No_sliding_second_holds_five_percent_more_and_with_work_all_but_two_percent_is_used(int rate, int stepMs)
    {
        const int Seconds = 2;
        const int Ramp = 3;
        await using VirtualHost host = await VirtualHost.StartAsync(rate);
        await FillAsync(host, events: (rate * (Seconds + Ramp + 1)) + (8 * Tracks.Partitions));
        await host.RestAsync(Busy);
        await host.RunAsync(TimeSpan.FromSeconds(Ramp), TimeSpan.FromMilliseconds(stepMs), Busy);
        long before = host.Sandbox.GetStats().Requests;

        await host.RunAsync(TimeSpan.FromSeconds(Seconds), TimeSpan.FromMilliseconds(stepMs), Busy);

        SandboxStats stats = host.Sandbox.GetStats();
        stats.HighestPerSecond.ShouldBeLessThanOrEqualTo((long)(rate * 1.05));
        (stats.Requests - before).ShouldBeGreaterThanOrEqualTo((long)(rate * Seconds * 0.98));
    }

    [Fact]
    public async Task Retries_count_too()
    {
        const int Rate = 200;
        await using VirtualHost host = await VirtualHost.StartAsync(Rate);
        host.Sandbox.AddFault(new Fault { Share = 0.3, Status = 502 });
        await FillAsync(host, events: Rate * 3);

        await host.RunAsync(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(4));

        SandboxStats stats = host.Sandbox.GetStats();
        stats.ByStatus["502"].ShouldBeGreaterThan(20);
        stats.HighestPerSecond.ShouldBeLessThanOrEqualTo((long)(Rate * 1.05));
    }

    [Fact]
    public async Task A_429_halves_the_rate_at_once_and_it_recovers()
    {
        await using VirtualHost host = await VirtualHost.StartAsync(100);
        host.Sandbox.AddFault(new Fault { Status = 429, RetryAfter = "1", ForSeconds = 0.5 });
        await host.PostAsync([Tracks.Of(1, 1)]);

        // The sandbox has answered before the host has read the answer: the rate itself tells when it did.
        double lowered = 100;
        await host.RunUntilAsync(
            async () => (lowered = (await host.StatusAsync())["rate"]!["current"]!.GetValue<double>()) < 100, TimeSpan.FromMilliseconds(10), "a lower rate");

        lowered.ShouldBeInRange(50, 60);
        await host.RunAsync(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100));
        (await host.StatusAsync())["rate"]!["current"]!.GetValue<double>().ShouldBe(lowered + 25, tolerance: 3);
        await host.RunAsync(TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(250));

        (await host.StatusAsync())["rate"]!["current"]!.GetValue<double>().ShouldBe(100);
        host.Sandbox.GetStats().Events.ShouldBe(1);
    }

    // While every partition has work, all of them wait for their turn.
    private static int Busy() => Tracks.Partitions;

    private static async Task FillAsync(VirtualHost host, int events)
    {
        foreach (int[] chunk in Enumerable.Range(0, events).Chunk(900))
        {
            await host.PostAsync(chunk.Select(number => Tracks.Of(number % Tracks.Partitions, number)));
        }
    }
}
