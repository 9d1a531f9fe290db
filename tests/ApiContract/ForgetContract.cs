using System.Text;
using System.Text.Json.Nodes;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>A person is forgotten: here, at Customer.io, and for whatever comes later.</summary>
public abstract class ForgetContract(HostUnderTest host) : DeadLetterSuite(host)
{
    private const string Path = "/api/people/forget";

    [SuiteFact]
    public async Task A_forgotten_person_is_gone_here_and_at_Customer_io_and_what_comes_later_is_skipped_until_it_is_lifted()
    {
        var person = new Person();
        string dead = (await DeadLetterAsync(person.IdentifyOverLimit(), "limit_exceeded"))["eventId"]!.GetValue<string>();
        await StoryAsync((await SendAsync(person.Track("Before")))[0], "delivered");
        (await Sandbox.FindPersonAsync(person.Id)).ShouldNotBeNull();

        JsonNode receipt = (await Api.PostAsync(Path, $$"""{"id":"{{person.Id}}","mode":"suppress"}""")).ShouldBeJson();

        receipt.ShouldHaveMembers("at", "removed", "sent", "refusedUntil", "warnings");
        receipt["removed"]!.ShouldHaveMembers("queue", "deadLetters");
        receipt["removed"]!["deadLetters"]!.GetValue<int>().ShouldBe(1);
        receipt["sent"]!.GetValue<int>().ShouldBe(1);
        receipt["at"].ShouldBeTime();
        receipt["refusedUntil"].ShouldBeTime();
        receipt["warnings"]!.AsArray().ShouldHaveSingleItem()!["code"]!.GetValue<string>().ShouldBe("only_id");
        receipt.ToJsonString().ShouldNotContain(person.Id);
        (await IsDeadAsync(dead)).ShouldBeFalse();
        (await Sandbox.FindPersonAsync(person.Id)).ShouldBeNull();
        JsonNode skipped = await StoryAsync((await SendAsync(person.Track("Later")))[0], "skipped");
        skipped["steps"]!.AsArray()[^1]!["reason"]!.GetValue<string>().ShouldBe("forgotten");

        JsonNode lifted = (await Api.SendAsync(
            "DELETE", Path, Encoding.UTF8.GetBytes($$"""{"id":"{{person.Id}}"}"""), ("X-Admin-Key", Host.Credentials.AdminKey), ("X-Requested-With", "destination"))).ShouldBeJson();

        lifted.ShouldHaveMembers("at", "lifted", "warnings");
        lifted["lifted"]!.GetValue<int>().ShouldBe(1);
        await StoryAsync((await SendAsync(person.Track("After")))[0], "delivered");
    }

    [SuiteFact]
    public async Task Whoever_is_not_named_rightly_is_not_forgotten()
    {
        (await Api.PostAsync(Path, "{}")).ShouldBeError(400, "invalid_person");
        (await Api.PostAsync(Path, $$"""{"email":"{{Person.Marker}}"}""")).ShouldBeError(400, "invalid_person");
    }
}
