using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>Without configured keys, a host that can be reached from outside: it stays closed.</summary>
public abstract class KeylessRefusalContract(StartableHost host)
{
    [SuiteFact]
    public async Task Without_configured_keys_only_the_routes_that_need_none_are_open()
    {
        await using IRunningHost keyless = await host.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal));
        using var api = new ApiClient(keyless.Address, host.Credentials);

        foreach (Route route in Route.All)
        {
            Answer answer = await api.SendAsync(
                route.Method,
                route.Path,
                route.Method == "POST" ? [] : null,
                ("X-Ingest-Key", host.Credentials.IngestKey),
                ("X-Admin-Key", host.Credentials.AdminKey),
                ("X-Requested-With", "destination"));

            if (route.KeyHeader is null)
            {
                answer.Status.ShouldBe(200, route.ToString());
            }
            else
            {
                answer.ShouldBeError(403, "keys_missing");
            }
        }
    }
}
