using System.Net;
using System.Net.Sockets;
using CustomerIoDestination.AzureServices.RateShare;
using CustomerIoDestination.AzureServices.Tests.Support;

namespace CustomerIoDestination.AzureServices.Tests.RateShare;

public sealed class LeasedRateShareTests
{
    [AzuriteFact]
    public async Task A_process_that_asks_alone_gets_the_whole_rate_and_gives_it_back_when_it_is_done()
    {
        await using Sharer alone = await StartAsync(await Azurite.NewAccountAsync(), 1);
        alone.Share.RequestsPerSecond.ShouldBeNull("nothing was asked for yet");
        alone.Share.Held.ShouldBe(0);

        alone.AskForever();
        await Eventually.BecomesTrueAsync(() => alone.Share.RequestsPerSecond == 100);

        await alone.StopAskingAsync();
        await Eventually.BecomesTrueAsync(() => alone.Share.Held == 0);
        alone.Share.RequestsPerSecond.ShouldBeNull();
    }

    [AzuriteFact]
    public async Task Three_at_once_hold_no_slice_twice_and_an_idle_one_holds_none()
    {
        string account = await Azurite.NewAccountAsync();
        await using Sharer first = await StartAsync(account, 1);
        await using Sharer second = await StartAsync(account, 2);
        await using Sharer idle = await StartAsync(account, 3);
        first.AskForever();
        second.AskForever();

        await Eventually.BecomesTrueAsync(() => first.Share.Held + second.Share.Held == SlicePlan.Slices);

        // Nothing changes hands before a turn ends, so the two can be looked at one after the other.
        ((first.Share.RequestsPerSecond ?? 0) + (second.Share.RequestsPerSecond ?? 0)).ShouldBe(100);
        idle.Share.Held.ShouldBe(0);
        idle.Share.RequestsPerSecond.ShouldBeNull();
    }

    [AzuriteFact]
    public async Task Slices_of_a_killed_process_are_taken_over_within_twenty_seconds()
    {
        string account = await Azurite.NewAccountAsync();
        await using Sharer killed = await StartAsync(account, 1);
        killed.AskForever();
        await Eventually.BecomesTrueAsync(() => killed.Share.Held == SlicePlan.Slices);
        await using Sharer heir = await StartAsync(account, 2);
        heir.AskForever();

        await killed.KillAsync();
        await Eventually.BecomesTrueAsync(() => heir.Share.RequestsPerSecond == 100, limit: TimeSpan.FromSeconds(20));
    }

    [AzuriteFact]
    public async Task Cut_off_from_storage_it_stops_spending_before_anybody_else_may_and_says_so()
    {
        await using Sharer sharer = await StartAsync(await Azurite.NewAccountAsync(), 1);
        sharer.AskForever();
        await Eventually.BecomesTrueAsync(() => sharer.Share.RequestsPerSecond == 100);

        sharer.CutOff();
        await Eventually.BecomesTrueAsync(() => sharer.Share.RequestsPerSecond is null, limit: Slice.Lease);

        sharer.Log.GetSnapshot().ShouldContain(line => line.Message.Contains("nothing is sent until it can", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_storage_there_are_no_permits()
    {
        using TcpListener nobody = new(IPAddress.Loopback, 0);
        nobody.Start();
        int port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();
        await using Sharer sharer = await StartAsync(
            $"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:{port}/a;", 1);

        sharer.AskForever();
        await Eventually.BecomesTrueAsync(() => sharer.Log.GetSnapshot().Any(line => line.Message.Contains("can't be used", StringComparison.Ordinal)));

        sharer.Share.RequestsPerSecond.ShouldBeNull();
    }

    [AzuriteFact]
    public async Task A_failure_nobody_expected_ends_no_host_and_the_rate_is_shared_again_after_it()
    {
        await using Sharer sharer = await StartAsync(await Azurite.NewAccountAsync(), 1);
        sharer.Break();
        sharer.AskForever();
        await Eventually.BecomesTrueAsync(() => sharer.Log.GetSnapshot().Any(line => line.Message.Contains("(InvalidOperationException)", StringComparison.Ordinal)));

        sharer.Mend();

        await Eventually.BecomesTrueAsync(() => sharer.Share.RequestsPerSecond == 100);
    }

    private static async Task<Sharer> StartAsync(string account, int seed)
    {
        Sharer sharer = new(account, seed);
        await sharer.StartAsync();
        return sharer;
    }
}
