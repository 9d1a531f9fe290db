using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>What is accepted, and how it is answered.</summary>
public abstract class IngestContract(HostUnderTest host) : ApiSuite(host)
{
    private readonly Person _person = new();

    [SuiteFact]
    public async Task An_event_is_accepted_with_the_id_that_preview_names_and_delivered()
    {
        JsonObject signedUp = _person.Track("Signed Up");
        string id = (await Api.PostAsync("/api/preview", signedUp.ToJsonString())).ShouldBeJson()[0]!["eventId"]!.GetValue<string>();

        Answer answer = await Api.IngestAsync(signedUp.ToJsonString());

        id.Length.ShouldBe(26);
        answer.ShouldBeJson(202).ToJsonString().ShouldBe(Body(accepted: [id]));
        await Patience.UntilAsync(() => Sandbox.EventsOfAsync(_person.Id), names => names.SequenceEqual(["Signed Up"]), "the event to arrive");
    }

    [SuiteTheory]
    [InlineData("array")]
    [InlineData("batch")]
    [InlineData("lines")]
    public async Task Many_events_come_as_an_array_a_batch_or_one_a_line(string form)
    {
        JsonObject[] events = [_person.Track("One"), _person.Track("Two"), _person.Track("Three")];
        string sent = form switch
        {
            "array" => new JsonArray([.. events]).ToJsonString(),
            "batch" => new JsonObject { ["batch"] = new JsonArray([.. events]) }.ToJsonString(),
            _ => string.Join('\n', events.Select(item => item.ToJsonString())),
        };

        JsonNode answer = (await Api.IngestAsync(sent)).ShouldBeJson(202);

        answer["accepted"]!.GetValue<int>().ShouldBe(3);
        answer["eventIds"]!.AsArray().Select(id => id!.GetValue<string>()).Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
        await Patience.UntilAsync(() => Sandbox.EventsOfAsync(_person.Id), names => names.SequenceEqual(["One", "Two", "Three"]), "the events to arrive in order");
    }

    [SuiteFact]
    public async Task A_packed_body_is_unpacked()
    {
        Answer answer = await Api.IngestAsync(Pack(Encoding.UTF8.GetBytes(_person.Track("Packed").ToJsonString())), ("Content-Encoding", "gzip"));

        answer.ShouldBeJson(202);
        await Patience.UntilAsync(() => Sandbox.EventsOfAsync(_person.Id), names => names.SequenceEqual(["Packed"]), "the event to arrive");
    }

    [SuiteFact]
    public async Task A_body_of_unknown_length_is_read_to_its_end()
    {
        Answer answer = await Api.IngestAsync(_person.Track("Streamed").ToJsonString(), ("Transfer-Encoding", "chunked"));

        answer.ShouldBeJson(202);
        byte[] packed = Pack(Encoding.UTF8.GetBytes(_person.Track("Streamed and packed").ToJsonString()));
        (await Api.IngestAsync(packed, ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))).ShouldBeJson(202);
        await Patience.UntilAsync(() => Sandbox.EventsOfAsync(_person.Id), names => names.SequenceEqual(["Streamed", "Streamed and packed"]), "the events to arrive");
        (await Api.IngestAsync(new byte[(1024 * 1024) + 1], ("Transfer-Encoding", "chunked"))).ShouldBeError(413, "body_too_large");
    }

    [SuiteFact]
    public async Task Bad_items_are_told_by_index_and_skipped_ones_counted_beside_good_ones()
    {
        JsonObject alias = _person.Track("");
        alias["type"] = "alias";
        JsonArray sent = [17, _person.Track("Good"), alias, new JsonObject { ["note"] = Person.Marker }];

        JsonNode answer = (await Api.IngestAsync(sent.ToJsonString())).ShouldBeJson(202);

        answer.ShouldHaveMembers("accepted", "skipped", "eventIds", "rejected");
        answer["accepted"]!.GetValue<int>().ShouldBe(1);
        answer["skipped"]!.GetValue<int>().ShouldBe(1);
        answer["eventIds"]!.AsArray().Count.ShouldBe(1);
        answer["rejected"]!.AsArray().Select(item => item!["index"]!.GetValue<int>()).ShouldBe([0, 3]);
        foreach (JsonNode? item in answer["rejected"]!.AsArray())
        {
            item!.ShouldHaveMembers("index", "code", "message");
            item!["code"]!.GetValue<string>().ShouldBe("invalid_event");
        }

        answer.ToJsonString().ShouldNotContain(Person.Marker);
    }

    [SuiteTheory]
    [InlineData("{\"type\":\"track\",\"event\":\"marked-value")]
    [InlineData("[17,18]")]
    [InlineData("marked-value")]
    [InlineData("")]
    public async Task A_request_with_nothing_good_in_it_is_bad(string sent)
    {
        Answer answer = await Api.IngestAsync(sent);

        JsonNode body = answer.ShouldBeJson(400);
        body.ShouldHaveMembers("accepted", "skipped", "eventIds", "rejected");
        body["accepted"]!.GetValue<int>().ShouldBe(0);
        body["rejected"]!.AsArray().ShouldNotBeEmpty();
        answer.Text.ShouldNotContain(Person.Marker);
    }

    [SuiteFact]
    public async Task A_request_of_skipped_events_only_is_accepted()
    {
        JsonObject alias = _person.Identify([]);
        alias["type"] = "alias";

        (await Api.IngestAsync(alias.ToJsonString())).ShouldBeJson(202).ToJsonString().ShouldBe(Body(accepted: [], skipped: 1));
    }

    [SuiteFact]
    public async Task A_repeated_event_is_accepted_and_not_queued_twice()
    {
        JsonObject once = _person.Track("Once");
        string[] first = await SendAsync(once);

        string[] repeated = await SendAsync((JsonObject)once.DeepClone());
        string[] last = await SendAsync(_person.Track("Last"));
        await StoryAsync(last[0], "delivered");

        repeated.ShouldBe(first);
        JsonNode story = await StoryAsync(first[0], "delivered");
        story["steps"]!.AsArray().Count(step => step!["step"]!.GetValue<string>() == "delivery").ShouldBe(1);
    }

    [SuiteFact]
    public async Task A_backfill_takes_the_import_lane()
    {
        Answer answer = await Api.IngestAsync(_person.Track("Long Ago").ToJsonString(), ("X-Lane", "import"));
        string id = answer.ShouldBeJson(202)["eventIds"]![0]!.GetValue<string>();
        await StoryAsync(id, "delivered");

        JsonNode line = (await ListAsync("/api/deliveries?kind=track", limit: 1000)).Single(line => line["eventId"]!.GetValue<string>() == id);
        line["lane"]!.GetValue<string>().ShouldBe("import");
        (await Api.IngestAsync(_person.Track("Never").ToJsonString(), ("X-Lane", Person.Marker))).ShouldBeError(400, "invalid_lane");
    }

    [SuiteFact]
    public async Task A_body_with_too_many_bytes_or_items_is_refused_whole()
    {
        byte[] large = new byte[(1024 * 1024) + 1];

        (await Api.IngestAsync(large)).ShouldBeError(413, "body_too_large");
        (await Api.IngestAsync(Pack(large), ("Content-Encoding", "gzip"))).ShouldBeError(413, "body_too_large");
        (await Api.IngestAsync($"[{string.Join(',', Enumerable.Repeat("17", 1_001))}]")).ShouldBeError(413, "too_many_items");
    }

    [SuiteFact]
    public async Task A_body_that_is_not_what_its_encoding_says_is_refused()
    {
        byte[] packed = Pack(Encoding.UTF8.GetBytes(_person.Track("Cut").ToJsonString()));

        (await Api.IngestAsync(packed[..^1], ("Content-Encoding", "gzip"))).ShouldBeError(400, "broken_gzip");
        Answer other = await Api.IngestAsync(packed, ("Content-Encoding", "br"));
        other.ShouldBeError(415, "unsupported_encoding");
        other.Headers["Accept-Encoding"].ShouldBe("gzip, identity");
    }

    private static string Body(string[] accepted, int skipped = 0) =>
        $$"""{"accepted":{{accepted.Length}},"skipped":{{skipped}},"eventIds":[{{string.Join(',', accepted.Select(id => $"\"{id}\""))}}],"rejected":[]}""";

    private static byte[] Pack(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return packed.ToArray();
    }
}
