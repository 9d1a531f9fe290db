using System.Text.Json.Nodes;
using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class RegionTests
{
    [Theory]
    [InlineData(SandboxRegion.Us, "us")]
    [InlineData(SandboxRegion.Eu, "eu")]
    public async Task The_region_comes_with_the_sandboxs_own_address(SandboxRegion region, string name)
    {
        await using var sandbox = await RunningSandbox.StartAsync(new SandboxOptions { Port = 0, Region = region });

        JsonNode answer = (await sandbox.SendAsync(HttpMethod.Get, "/api/v1/accounts/region")).Json;

        ((string?)answer["region"]).ShouldBe(name);
        ((string?)answer["url"]).ShouldBe(sandbox.Server.BaseAddress.ToString().TrimEnd('/'));
        ((int?)answer["environment_id"]).ShouldBe(1);
    }
}
