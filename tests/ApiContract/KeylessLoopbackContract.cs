using System.Text;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>Without configured keys, a host on one's own machine: it answers this machine, and no other site's page.</summary>
public abstract class KeylessLoopbackContract(StartableHost host)
{
    [SuiteFact]
    public async Task Without_configured_keys_this_machine_needs_none_and_other_sites_pages_are_refused()
    {
        await using IRunningHost keyless = await host.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal));
        using var api = new ApiClient(keyless.Address, host.Credentials);
        byte[] sent = Encoding.UTF8.GetBytes(new Person().Track("Signed Up").ToJsonString());

        (await api.SendAsync("POST", "/api/events", sent)).Status.ShouldBe(202);
        (await api.SendAsync("GET", "/api/status", null)).Status.ShouldBe(200);
        (await api.SendAsync("POST", "/api/destination/resume", [])).ShouldBeError(403, "requested_with_missing");
        foreach (Route route in Route.All)
        {
            byte[]? body = route.Method == "POST" ? sent : null;
            (await api.SendAsync(route.Method, route.Path, body, ("Origin", "https://elsewhere.example"))).ShouldBeError(403, "foreign_origin");
            (await api.SendAsync(route.Method, route.Path, body, ("Sec-Fetch-Site", "cross-site"))).ShouldBeError(403, "foreign_origin");
            (await api.SendAsync(route.Method, route.Path, body, ("Host", "elsewhere.example"))).ShouldBeError(403, "foreign_host");
        }
    }
}
