using System.Text.Json.Nodes;
using CustomerIoDestination.HttpApi.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi.Tests.Endpoints;

public sealed class EventsTests
{
    [Fact]
    public async Task An_accepted_event_is_on_the_queue_and_answered_with_its_id()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync("/api/events", Some.TrackJson());

        ((int)response.StatusCode).ShouldBe(202);
        EventEnvelope envelope = host.Queue.Envelopes.ShouldHaveSingleItem();
        (await response.Content.ReadAsStringAsync()).ShouldBe($$"""{"accepted":1,"skipped":0,"eventIds":["{{envelope.EventId}}"],"rejected":[]}""");
    }

    [Fact]
    public async Task Good_items_are_accepted_beside_bad_ones_that_are_answered_by_index()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync("/api/events", $"[17,{Some.TrackJson()}]");

        ((int)response.StatusCode).ShouldBe(202);
        JsonNode body = await response.JsonAsync();
        body["accepted"]!.GetValue<int>().ShouldBe(1);
        body["eventIds"]!.AsArray().Count.ShouldBe(1);
        body["rejected"]!.AsArray().ShouldHaveSingleItem()!.AsObject().Select(member => member.Key).ShouldBe(["index", "code", "message"]);
        body["rejected"]![0]!["index"]!.GetValue<int>().ShouldBe(0);
    }

    [Theory]
    [InlineData("/api/events/")]
    [InlineData("/api/events/?source=web")]
    [InlineData("/api/events?source=web")]
    public async Task A_slash_or_a_query_behind_the_path_changes_nothing(string path)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync(path, Some.TrackJson());

        ((int)response.StatusCode).ShouldBe(202);
        host.Queue.Envelopes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Two_slashes_before_the_path_are_another_path()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync(new Uri(host.Client.BaseAddress!, "/").AbsoluteUri + "/api/events", Some.TrackJson());

        ((int)response.StatusCode).ShouldBe(404);
        (await response.JsonAsync())["code"]!.GetValue<string>().ShouldBe("unknown_route");
    }

    [Theory]
    [InlineData("[17,18]")]
    [InlineData("no json")]
    [InlineData("17")]
    public async Task Only_when_every_item_is_bad_the_request_is(string sent)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync("/api/events", sent);

        ((int)response.StatusCode).ShouldBe(400);
        JsonNode body = await response.JsonAsync();
        body.AsObject().Select(member => member.Key).ShouldBe(["accepted", "skipped", "eventIds", "rejected"]);
        body["rejected"]!.AsArray().ShouldNotBeEmpty();
        host.Queue.Envelopes.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_content_type_is_ignored()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        (await host.PostAsync("/api/events", Some.TrackJson(), "Content-Type: text/plain").StatusAsync()).ShouldBe(202);
    }

    [Fact]
    public async Task A_packed_body_is_unpacked()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        int status = await host.SendAsync("POST", "/api/events", new ByteArrayContent(Gzip.Pack(Some.TrackJson())), "Content-Encoding: gzip").StatusAsync();

        status.ShouldBe(202);
        host.Queue.Envelopes.ShouldHaveSingleItem().Body.Span.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(Some.TrackJson())).ShouldBeTrue();
    }

    [Theory]
    [InlineData(-1, 202)]
    [InlineData(0, 202)]
    [InlineData(1, 413)]
    public async Task A_body_may_have_as_many_bytes_as_the_setting_says(int over, int status)
    {
        string sent = Some.TrackJson();
        await using ApiHost host = await ApiHost.StartAsync(new DestinationSettings { Ingest = new IngestSettings { MaxBodyBytes = sent.Length - over } });

        (await host.PostAsync("/api/events", sent).StatusAsync()).ShouldBe(status);
    }

    [Theory]
    [InlineData(1_000, "202")]
    [InlineData(1_001, "413")]
    public async Task A_request_holds_at_most_a_thousand_items(int count, string expected)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string items = string.Join(',', Enumerable.Range(0, count).Select(number => $$"""{"type":"track","event":"e","userId":"u","messageId":"{{number}}"}"""));

        using HttpResponseMessage response = await host.PostAsync("/api/events", $"[{items}]");

        ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe(expected);
        if (expected == "413")
        {
            (await response.CodeAsync()).ShouldBe("too_many_items");
            host.Queue.Envelopes.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("import", Lane.Import)]
    [InlineData("Import", Lane.Import)]
    [InlineData("live", Lane.Live)]
    [InlineData("", Lane.Live)]
    public async Task The_lane_header_chooses_the_lane(string lane, Lane expected)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        await host.PostAsync("/api/events", Some.TrackJson(), $"X-Lane: {lane}").StatusAsync();

        host.Queue.Envelopes.ShouldHaveSingleItem().Lane.ShouldBe(expected);
    }

    [Fact]
    public async Task An_unknown_lane_is_refused_rather_than_guessed()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        (await host.PostAsync("/api/events", Some.TrackJson(), "X-Lane: imports").ErrorAsync()).ShouldBe("400 invalid_lane");
    }

    [Theory]
    [InlineData("true", "as of now")]
    [InlineData("True", "as of now")]
    [InlineData("false", "by its own time")]
    [InlineData("", "by its own time")]
    [InlineData("now", "400 invalid_as_of_now")]
    public async Task A_request_may_ask_that_its_identifies_count_as_of_now(string sent, string expected)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync("/api/events", Some.TrackJson(), $"X-As-Of-Now: {sent}");

        string actual = response.IsSuccessStatusCode
            ? host.Queue.Envelopes.Single().AsOfNow ? "as of now" : "by its own time"
            : $"{(int)response.StatusCode} {await response.CodeAsync()}";
        actual.ShouldBe(expected);
    }

    [Theory]
    [InlineData(null, null, null, "allowed")]
    [InlineData(null, "life", null, "not allowed")]
    [InlineData(null, "life", "life", "allowed")]
    [InlineData(null, "life", "wrong", "401 lifecycle_key_wrong")]
    [InlineData("ingest", null, null, "not allowed")]
    [InlineData("ingest", null, "life", "not allowed")]
    [InlineData("ingest", "life", null, "not allowed")]
    [InlineData("ingest", "life", "life", "allowed")]
    [InlineData("ingest", "life", "ingest", "401 lifecycle_key_wrong")]
    public async Task Delete_and_suppress_count_only_with_the_lifecycle_key(string? ingestKey, string? lifecycleKey, string? sent, string expected)
    {
        await using ApiHost host = await ApiHost.StartAsync(new DestinationSettings
        {
            Ingest = new IngestSettings
            {
                Keys = ingestKey is null ? [] : [new Secret(ingestKey)],
                LifecycleKey = lifecycleKey is null ? null : new Secret(lifecycleKey),
            },
        });

        using HttpResponseMessage response = await host.PostAsync("/api/events", Some.TrackJson(), $"X-Ingest-Key: {ingestKey}", $"X-Lifecycle-Key: {sent}");

        string actual = response.IsSuccessStatusCode
            ? host.Queue.Envelopes.Single().LifecycleAllowed ? "allowed" : "not allowed"
            : $"{(int)response.StatusCode} {await response.CodeAsync()}";
        actual.ShouldBe(expected);
    }

    [Fact]
    public async Task The_trace_of_the_request_travels_with_the_event()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        await host.PostAsync("/api/events", Some.TrackJson(), "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").StatusAsync();

        host.Queue.Envelopes.ShouldHaveSingleItem().TraceParent.ShouldNotBeNull().ShouldStartWith("00-0af7651916cd43dd8448eb211c80319c-");
    }

    [Theory]
    [InlineData(0.2, "1")]
    [InlineData(4.0, "4")]
    [InlineData(4.1, "5")]
    public async Task A_queue_that_can_not_take_events_is_a_503_that_says_when_to_try_again(double seconds, string retryAfter)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Queue.Answer = new EnqueueResult.Unavailable("queue_full", TimeSpan.FromSeconds(seconds));

        using HttpResponseMessage response = await host.PostAsync("/api/events", Some.TrackJson());

        ((int)response.StatusCode).ShouldBe(503);
        (await response.CodeAsync()).ShouldBe("queue_full");
        response.Headers.GetValues("Retry-After").ShouldBe([retryAfter]);
    }
}
