using System.Globalization;
using System.Text.Json.Nodes;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>A destination that pauses, because everything it sends is rejected, and goes on by an operator's word.</summary>
public abstract class ResumeContract(HostUnderTest host) : ApiSuite(host)
{
    // The fiftieth in a row pauses it; it and the rest are held.
    private const int Rejected = 49;
    private const int Sent = 60;

    [SuiteFact]
    public async Task A_pause_because_everything_is_rejected_ends_by_an_operators_word()
    {
        string[] sent;
        await using (await Sandbox.RefuseAsync("/api/v1/customers/"))
        {
            sent = await SendAsync([.. Enumerable.Range(0, Sent).Select(number => new Person().Track(number.ToString(CultureInfo.InvariantCulture)))]);
            await Patience.UntilAsync(StateAsync, state => state == "paused everything_rejected", "the destination to pause");
        }

        JsonNode answer = (await Api.PostAsync("/api/destination/resume", "")).ShouldBeJson();

        answer.ShouldHaveMembers("state", "since", "reason", "lastAnswerAt", "nextTryAt", "failing");
        answer["state"]!.GetValue<string>().ShouldBe("delivering");
        answer["since"].ShouldBeTime();
        answer["reason"].ShouldBeNull();
        await Patience.UntilAsync(async () => (await OutcomesAsync(sent)).Count, ended => ended == Sent, "every event to be settled");
        (await OutcomesAsync(sent)).Count(outcome => outcome == "deadLettered").ShouldBeInRange(Rejected, Sent - 1);
        (await Api.PostAsync("/api/dead-letters/discard", """{"reason":"rejected_by_customerio"}""")).ShouldBeJson();
    }

    private async Task<string> StateAsync()
    {
        JsonNode destination = (await Api.GetAsync("/api/status")).ShouldBeJson()["destination"]!;
        return $"{destination["state"]} {destination["reason"]}";
    }

    private async Task<List<string>> OutcomesAsync(string[] sent) =>
    [
        .. (await ListAsync("/api/deliveries?kind=track", limit: 1000))
            .Where(line => sent.Contains(line["eventId"]!.GetValue<string>()) && line["outcome"]!.GetValue<string>() is "delivered" or "deadLettered")
            .Select(line => line["outcome"]!.GetValue<string>()),
    ];
}
