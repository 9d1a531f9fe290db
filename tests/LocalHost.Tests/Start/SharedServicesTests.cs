using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.LocalHost.Tests.Start;

/// <summary>What a host shares with others where a setting names it: as in Azure.</summary>
public sealed class SharedServicesTests
{
    [Fact]
    public async Task A_key_in_a_vault_is_read_by_this_host_too()
    {
        await using Host host = await Host.StartAsync(
            "--CustomerIo:SiteId=site", "--CustomerIo:ApiKeySecretUri=https://vault.example/secrets/track-api-key", "--Delivery:Enabled=false");

        host.App.Services.GetRequiredService<ICredentialSource>().GetType().Name.ShouldBe("VaultCredentials");
    }

    [Fact]
    public async Task A_shared_rate_is_shared_by_this_host_too_and_without_its_storage_nothing_is_sent()
    {
        // Nobody listens there.
        const string Storage = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:9/a;";
        await using Host host = await Host.StartAsync($"--RateShare={Storage}");

        JsonNode status = JsonNode.Parse(await host.Http.GetStringAsync("/api/status"))!;

        status["rate"]!["limit"]!.GetValue<double>().ShouldBe(1_000);
        status["rate"]!["current"]!.GetValue<double>().ShouldBe(0);
        host.App.Sandbox!.GetStats().Requests.ShouldBe(0);
    }
}
