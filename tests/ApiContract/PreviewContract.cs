using System.Text;
using System.Text.Json.Nodes;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>What would become of events. What is given and the whole answer lie in one file, for all hosts.</summary>
public abstract class PreviewContract(HostUnderTest host) : ApiSuite(host)
{
    private static readonly JsonNode Golden = Read();

    public static TheoryData<string> Cases => [.. Golden.AsObject().Select(item => item.Key)];

    [SuiteTheory]
    [MemberData(nameof(Cases))]
    public async Task An_event_is_shown_as_it_would_be_sent(string name)
    {
        JsonNode given = Golden[name]!["given"]!;

        JsonNode answer = (await Api.PostAsync("/api/preview", given.ToJsonString())).ShouldBeJson();

        JsonNode shown = answer.AsArray().ShouldHaveSingleItem()!;
        foreach (JsonNode? request in shown["requests"]!.AsArray())
        {
            // The one thing that is the host's own: whom it delivers to.
            request!["url"]!.GetValue<string>().ShouldBe(Host.SandboxAddress.GetLeftPart(UriPartial.Authority) + request["path"]!.GetValue<string>());
            request.AsObject().Remove("url");
        }

        shown.ShouldBeSameJson(Golden[name]!["shown"]);
    }

    [SuiteFact]
    public async Task A_batch_is_shown_item_by_item()
    {
        JsonNode[] given = [.. Golden.AsObject().Select(item => item.Value!["given"]!.DeepClone())];

        JsonArray shown = (await Api.PostAsync("/api/preview", new JsonObject { ["batch"] = new JsonArray(given) }.ToJsonString())).ShouldBeJson().AsArray();

        shown.Select(item => item!["index"]!.GetValue<int>()).ShouldBe(Enumerable.Range(0, given.Length));
    }

    [SuiteFact]
    public async Task Preview_reads_and_refuses_as_ingest_does()
    {
        byte[] sent = Encoding.UTF8.GetBytes(new Person().Track("Shown").ToJsonString());

        (await PostAsync(sent, ("X-Lane", "import"))).ShouldBeJson()[0]!["partition"]!.GetValue<string>().ShouldStartWith("i-");
        (await PostAsync(sent, ("X-Lane", Person.Marker))).ShouldBeError(400, "invalid_lane");
        (await PostAsync(sent, ("Content-Encoding", "br"))).ShouldBeError(415, "unsupported_encoding");
        (await PostAsync(sent, ("Content-Encoding", "gzip"))).ShouldBeError(400, "broken_gzip");
        (await PostAsync(new byte[(1024 * 1024) + 1])).ShouldBeError(413, "body_too_large");
        (await Api.PostAsync("/api/preview", $"[{string.Join(',', Enumerable.Repeat("17", 1_001))}]")).ShouldBeError(413, "too_many_items");

        Task<Answer> PostAsync(byte[] body, params (string Name, string Value)[] headers) =>
            Api.SendAsync("POST", "/api/preview", body, [("X-Admin-Key", Host.Credentials.AdminKey), .. headers]);
    }

    [SuiteFact]
    public async Task A_preview_of_text_that_is_no_JSON_shows_it_as_rejected()
    {
        JsonNode shown = (await Api.PostAsync("/api/preview", $"{{\"{Person.Marker}")).ShouldBeJson().AsArray().ShouldHaveSingleItem()!;

        shown["outcome"]!.GetValue<string>().ShouldBe("reject");
        shown["problems"]!.AsArray().ShouldHaveSingleItem();
        shown.ToJsonString().ShouldNotContain(Person.Marker);
    }

    [SuiteFact]
    public async Task Nothing_is_sent_and_nothing_stored()
    {
        var person = new Person();
        JsonObject shown = person.Track("Shown");
        string id = (await Api.PostAsync("/api/preview", shown.ToJsonString())).ShouldBeJson()[0]!["eventId"]!.GetValue<string>();

        await StoryAsync((await SendAsync(person.Track("Sent")))[0], "delivered");

        (await Sandbox.EventsOfAsync(person.Id)).ShouldBe(["Sent"]);
        (await Api.GetAsync($"/api/events/{id}")).ShouldBeError(404, "unknown_event");
    }

    private static JsonNode Read()
    {
        using Stream file = typeof(PreviewContract).Assembly.GetManifestResourceStream("preview.json")!;
        return JsonNode.Parse(file)!;
    }
}
