using System.Text.Json.Nodes;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>That settings have the same names and the same effect.</summary>
public abstract class SettingsContract(StartableHost host)
{
    [SuiteFact]
    public async Task Both_keys_of_a_kind_open_so_that_they_can_be_rotated()
    {
        using var api = new ApiClient(host.Address, ContractSettings.OtherCredentials);

        (await api.GetAsync("/api/status")).ShouldBeJson();
        (await api.IngestAsync(new Person().Track("Rotated").ToJsonString())).ShouldBeJson(202);
    }

    [SuiteFact]
    public async Task A_setting_has_its_effect()
    {
        await using IRunningHost other = await host.StartAsync(With(
            ("Ingest__MaxBodyBytes", "2048"), ("Limits__AttributeValue", "trim"), ("Delivery__RequestsPerSecond", "7"), ("Mapping__SendNulls", "false")));
        using var api = new ApiClient(other.Address, host.Credentials);
        JsonObject identify = new Person().IdentifyOverLimit();
        identify["traits"]!["nothing"] = null;

        JsonNode shown = (await api.PostAsync("/api/preview", identify.ToJsonString())).ShouldBeJson()[0]!;

        shown["outcome"]!.GetValue<string>().ShouldBe("deliver");
        shown["requests"]![0]!["body"]!.AsObject().Select(member => member.Key).ShouldBe(["anonymous_id", "_timestamp"]);
        (await api.GetAsync("/api/status")).ShouldBeJson()["rate"]!["limit"]!.GetValue<double>().ShouldBe(7);
        (await api.IngestAsync(new byte[2_049])).ShouldBeError(413, "body_too_large");
    }

    [SuiteFact]
    public async Task A_start_with_wrong_settings_is_refused_and_every_one_is_named()
    {
        Exception refusal = await Should.ThrowAsync<Exception>(() => host.StartAsync(With(
            ("Ingest__SigningSecrte", Person.Marker), ("Delivery__Mode", "fast"), ("Admin__Keys__0", "short"))));

        refusal.Message.ShouldContain("Ingest__SigningSecrte");
        refusal.Message.ShouldContain("Delivery__Mode");
        refusal.Message.ShouldContain("Admin__Keys__0");
        refusal.Message.ShouldNotContain(Person.Marker);
    }

    private static Dictionary<string, string> With(params (string Name, string Value)[] settings)
    {
        Dictionary<string, string> all = new(ContractSettings.Keys, StringComparer.Ordinal);
        foreach ((string name, string value) in settings)
        {
            all[name] = value;
        }

        return all;
    }
}
