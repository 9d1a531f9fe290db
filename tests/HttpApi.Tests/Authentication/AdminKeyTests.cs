using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Tests.Support;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi.Tests.Authentication;

public sealed class AdminKeyTests
{
    private static readonly DestinationSettings TwoKeys = new()
    {
        Admin = new AdminSettings { Keys = [new Secret("old-key"), new Secret("new-key")] },
    };

    [Theory]
    [InlineData("old-key")]
    [InlineData("new-key")]
    public async Task Either_of_two_keys_opens(string key)
    {
        await using ApiHost host = await ApiHost.StartAsync(TwoKeys);

        (await host.GetAsync("/api/status", $"X-Admin-Key: {key}").StatusAsync()).ShouldBe(200);
    }

    [Theory]
    [InlineData("old-ke")]
    [InlineData("old-keyy")]
    [InlineData("OLD-KEY")]
    [InlineData("old-key,new-key")]
    [InlineData("***")]
    public async Task Nothing_else_opens(string key)
    {
        await using ApiHost host = await ApiHost.StartAsync(TwoKeys);

        (await host.GetAsync("/api/status", $"X-Admin-Key: {key}").ErrorAsync()).ShouldBe("401 key_wrong");
    }

    [Fact]
    public async Task A_missing_key_is_told_apart_from_a_wrong_one()
    {
        await using ApiHost host = await ApiHost.StartAsync(TwoKeys);

        using HttpResponseMessage response = await host.GetAsync("/api/status");

        (await response.CodeAsync()).ShouldBe("key_missing");
        response.Headers.WwwAuthenticate.ToString().ShouldBe("ApiKey");
    }

    [Fact]
    public async Task A_repeated_header_fits_nothing()
    {
        await using ApiHost host = await ApiHost.StartAsync(TwoKeys);

        (await host.GetAsync("/api/status", "X-Admin-Key: old-key", "X-Admin-Key: old-key").ErrorAsync()).ShouldBe("401 key_wrong");
    }

    [Fact]
    public async Task An_empty_header_beside_the_right_one_fits_nothing()
    {
        await using ApiHost host = await ApiHost.StartAsync(TwoKeys);

        (await host.GetAsync("/api/status", "X-Admin-Key: ", "X-Admin-Key: old-key").ErrorAsync()).ShouldBe("401 key_wrong");
    }

    [Fact]
    public async Task A_key_in_the_address_is_not_looked_at()
    {
        await using ApiHost host = await ApiHost.StartAsync(TwoKeys);

        (await host.GetAsync("/api/status?code=old-key&X-Admin-Key=old-key").ErrorAsync()).ShouldBe("401 key_missing");
    }

    [Fact]
    public void An_endless_key_is_no_key()
    {
        var ring = new KeyRing([new Secret("k")]);

        ring.Opens(new string('k', 100_000)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_local_host_without_admin_keys_asks_for_none_even_when_ingest_has_one()
    {
        await using ApiHost host = await ApiHost.StartAsync(new DestinationSettings { Ingest = new IngestSettings { Keys = [new Secret("i")] } });

        (await host.GetAsync("/api/status").StatusAsync()).ShouldBe(200);
        (await host.PostAsync("/api/events", Some.TrackJson()).ErrorAsync()).ShouldBe("401 key_missing");
    }
}
