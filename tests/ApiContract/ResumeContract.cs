using System.Globalization;
using System.Text.Json.Nodes;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.ApiContract.Skipping;

namespace CustomerIoDestination.ApiContract;

/// <summary>A destination that pauses, because everything it sends is rejected, and goes on by an operator's word.</summary>
public abstract class ResumeContract(HostUnderTest host) : ApiSuite(host)
{
    // The fiftieth in a row pauses it; it and the rest are held.
    private const int Rejected = 49;
    private const int Sent = 60;

    [ContractFact]
    public async Task A_pause_because_everything_is_rejected_ends_by_an_operators_word()
    {
        await Sandbox.RefuseAsync("/api/v1/customers/");
        string[] sent = await SendAsync([.. Enumerable.Range(0, Sent).Select(number => new Person().Track(number.ToString(CultureInfo.InvariantCulture)))]);
        await Patience.UntilAsync(
            async () => (await Api.GetAsync("/api/status")).ShouldBeJson()["destination"]!.ToJsonString(),
            destination => (string?)JsonNode.Parse(destination)!["state"] == "paused",
            "the destination to pause");
        string? reason = (string?)(await Api.GetAsync("/api/status")).ShouldBeJson()["destination"]!["reason"];
        await Sandbox.RecoverAsync();

        JsonNode answer = (await Api.PostAsync("/api/destination/resume", "")).ShouldBeJson();

        reason.ShouldBe("everything_rejected");
        answer.ShouldHaveMembers("state", "since", "reason");
        answer["state"]!.GetValue<string>().ShouldBe("delivering");
        answer["since"].ShouldBeTime();
        answer["reason"].ShouldBeNull();
        await Patience.UntilAsync(async () => (await OutcomesAsync(sent)).Count, ended => ended == Sent, "every event to be settled");
        (await OutcomesAsync(sent)).Count(outcome => outcome == "deadLettered").ShouldBeInRange(Rejected, Sent - 1);
        (await Api.PostAsync("/api/dead-letters/discard", """{"reason":"rejected_by_customerio"}""")).ShouldBeJson();
    }

    private async Task<List<string>> OutcomesAsync(string[] sent) =>
    [
        .. (await ListAsync("/api/deliveries?kind=track", limit: 1000))
            .Where(line => sent.Contains(line["eventId"]!.GetValue<string>()) && line["outcome"]!.GetValue<string>() is "delivered" or "deadLettered")
            .Select(line => line["outcome"]!.GetValue<string>()),
    ];
}
