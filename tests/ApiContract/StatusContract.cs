using System.Text.Json;
using System.Text.Json.Nodes;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>How the destination is.</summary>
public abstract class StatusContract(HostUnderTest host) : ApiSuite(host)
{
    [SuiteFact]
    public async Task A_queue_that_takes_events_is_healthy() =>
        (await Api.SendAsync("GET", "/api/health", null)).ShouldBeJson().ToJsonString().ShouldBe("""{"status":"healthy"}""");

    [SuiteFact]
    public async Task The_status_has_every_member()
    {
        await StoryAsync((await SendAsync(new Person().Track("Seen")))[0], "delivered");

        JsonNode status = await GetStatusAsync();

        status.ShouldHaveMembers("destination", "customerIo", "queue", "rate", "counts", "rules", "sharedState", "version", "startedAt");
        ShouldBeDelivering(status["destination"]!);
        ShouldBeTheSandbox(status["customerIo"]!);
        ShouldBeQueue(status["queue"]!);
        status["rate"]!.ShouldHaveMembers("limit", "current");
        status["rate"]!["limit"]!.GetValue<double>().ShouldBeGreaterThan(0);
        status["rate"]!["current"].ShouldBeCount();
        ShouldBeCounts(status["counts"]!);
        status["rules"]!.ShouldHaveMembers("path", "loadedAt", "transformations", "privacyMode", "problems");
        status["rules"]!["loadedAt"].ShouldBeTime();
        status["rules"]!["problems"]!.AsArray().ShouldBeEmpty();
        status["version"]!.GetValue<string>().ShouldNotBeEmpty();
        status["startedAt"].ShouldBeTime();
    }

    [SuiteFact]
    public async Task Events_are_counted_by_what_they_came_to()
    {
        var person = new Person();
        JsonNode before = (await Patience.UntilAsync(GetStatusAsync, status => IsQuiet(status["queue"]!), "earlier events to be settled"))["counts"]!;
        JsonObject alias = person.Identify([]);
        alias["type"] = "alias";

        JsonArray sent = [person.Track("One"), person.Track("Two"), alias, 17, person.IdentifyOverLimit(), person.Nobodys()];
        (await Api.IngestAsync(sent.ToJsonString())).ShouldBeJson(202);

        await Patience.UntilAsync(
            GetStatusAsync,
            status => status["counts"]! is { } now
                && Grown(before, now, "received") == 6
                && Grown(before, now, "accepted") == 4
                && Grown(before, now, "rejected") == 1
                && Grown(before, now, "skipped") == 1
                && Grown(before, now, "delivered") == 2
                && Grown(before, now, "retried") == 0
                && Grown(before["deadLettered"]!, now["deadLettered"]!, "limit_exceeded") == 1
                && Grown(before["deadLettered"]!, now["deadLettered"]!, "missing_identifier") == 1,
            $"6 received, 4 accepted, 1 rejected, 1 skipped, 2 delivered, 2 dead-lettered more than {before.ToJsonString()}");
    }

    [SuiteFact]
    public async Task Dead_letters_are_counted_in_the_queue()
    {
        await StoryAsync((await SendAsync(new Person().Nobodys()))[0], "deadLettered");

        await Patience.UntilAsync(GetStatusAsync, status => status["queue"]!["deadLettered"]!.GetValue<long>() >= 1, "the dead letter to be counted");
    }

    private async Task<JsonNode> GetStatusAsync() => (await Api.GetAsync("/api/status")).ShouldBeJson();

    private static bool IsQuiet(JsonNode queue) => queue["ready"]!.GetValue<long>() + queue["inDelivery"]!.GetValue<long>() == 0;

    private static long Grown(JsonNode before, JsonNode now, string name) => ((long?)now[name] ?? 0) - ((long?)before[name] ?? 0);

    private static void ShouldBeDelivering(JsonNode destination)
    {
        destination.ShouldHaveMembers("state", "since", "reason", "lastAnswerAt", "nextTryAt", "failing");
        destination["state"]!.GetValue<string>().ShouldBe("delivering");
        destination["since"].ShouldBeTime();
        destination["reason"].ShouldBeNull();
    }

    private void ShouldBeTheSandbox(JsonNode customerIo)
    {
        customerIo.ShouldHaveMembers("region", "url", "workspace", "credentials", "sandbox");
        customerIo["region"]!.GetValue<string>().ShouldBeOneOf("us", "eu");
        customerIo["url"]!.GetValue<string>().ShouldBe(Host.SandboxAddress.AbsoluteUri.TrimEnd('/'));
        customerIo["workspace"]!.GetValueKind().ShouldBe(JsonValueKind.Number);
        customerIo["credentials"]!.GetValue<string>().ShouldBe("valid");

        // The host knows a workspace at an address, not that a sandbox is behind it.
        customerIo["sandbox"]!.GetValue<bool>().ShouldBeFalse();
    }

    private static void ShouldBeQueue(JsonNode queue)
    {
        string[] lane = ["ready", "inDelivery", "oldestAgeSeconds"];
        queue.ShouldHaveMembers("ready", "inDelivery", "oldestAgeSeconds", "deadLettered", "lanes", "unreadablePartitions");
        queue["unreadablePartitions"]!.AsArray().ShouldBeEmpty();
        queue["lanes"]!.ShouldHaveMembers("live", "import");
        queue["deadLettered"].ShouldBeCount();
        foreach (JsonNode part in (JsonNode[])[queue, queue["lanes"]!["live"]!, queue["lanes"]!["import"]!])
        {
            part.AsObject().Select(member => member.Key).Take(lane.Length).ShouldBe(lane);
            foreach (string name in lane)
            {
                part[name].ShouldBeCount();
            }
        }
    }

    private static void ShouldBeCounts(JsonNode counts)
    {
        counts.ShouldHaveMembers("received", "accepted", "rejected", "skipped", "delivered", "retried", "deadLettered", "since", "warnings");
        foreach ((string name, JsonNode? count) in counts.AsObject().Where(count => count.Key is not ("deadLettered" or "since" or "warnings")))
        {
            count.ShouldBeCount();
        }

        counts["since"]!.GetValue<DateTimeOffset>().ShouldBeLessThan(DateTimeOffset.UtcNow);
        counts["deadLettered"]!.GetValueKind().ShouldBe(JsonValueKind.Object);
        counts["warnings"]!.GetValueKind().ShouldBe(JsonValueKind.Object);
        counts["delivered"]!.GetValue<long>().ShouldBeGreaterThan(0);
    }
}
