using System.Text.Json.Nodes;
using CustomerIoDestination.HttpApi.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi.Tests.Endpoints;

public sealed class LookTests
{
    [Fact]
    public async Task Health_is_good_while_the_queue_takes_events_whatever_customerio_does()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Control.Status = host.Control.Status with { State = DestinationState.Paused, Credentials = CredentialsState.Invalid };

        (await host.GetAsync("/api/health").StatusAsync()).ShouldBe(200);
    }

    [Fact]
    public async Task Health_is_bad_when_the_queue_takes_none()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Queue.Status = host.Queue.Status! with { CanEnqueue = false };

        (await host.GetAsync("/api/health").ErrorAsync()).ShouldBe("503 queue_unavailable");
    }

    [Fact]
    public async Task Health_says_that_the_queues_file_is_lost()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Queue.IsFileLost = true;

        (await host.GetAsync("/api/health").ErrorAsync()).ShouldBe("503 queue_file_lost");
    }

    [Fact]
    public async Task Health_is_bad_when_the_queue_can_not_say()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Queue.Failure = new IOException("disk");

        (await host.GetAsync("/api/health").ErrorAsync()).ShouldBe("503 queue_unavailable");
    }

    [Fact]
    public async Task A_queue_that_can_not_be_reached_is_told_and_not_shown_as_empty()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Queue.Status = null;

        (await host.GetAsync("/api/health").ErrorAsync()).ShouldBe("503 queue_unreachable");
        JsonObject body = (await (await host.GetAsync("/api/status")).JsonAsync()).AsObject();
        body.ContainsKey("queue").ShouldBeTrue();
        body["queue"].ShouldBeNull();
    }

    [Fact]
    public async Task The_status_has_the_members_of_the_api()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Queue.Status = new QueueStatus(true, new LaneStatus(3, 1, TimeSpan.FromSeconds(4.26)), new LaneStatus(10, 2, TimeSpan.FromMinutes(2)), 4);
        host.Control.Status = host.Control.Status with { State = DestinationState.Paused, Reason = "credentials_refused", RateCurrent = 12.5 };

        JsonObject body = (await (await host.GetAsync("/api/status")).JsonAsync()).AsObject();
        string version = body["version"]!.GetValue<string>();
        body.Remove("version");
        body["rules"]!.AsObject().Remove("loadedAt").ShouldBeTrue();

        version.ShouldMatch(@"^\d+\.\d+\.\d+");
        JsonNode.DeepEquals(body, JsonNode.Parse(
            """
            {
              "destination": {"state": "paused", "since": "2026-11-24T12:00:00.000Z", "reason": "credentials_refused", "lastAnswerAt": null, "nextTryAt": null, "failing": 0},
              "customerIo": {"region": "us", "url": "https://track.customer.io", "workspace": 123456, "credentials": "valid", "sandbox": false},
              "queue": {
                "ready": 13, "inDelivery": 3, "oldestAgeSeconds": 120, "deadLettered": 4,
                "lanes": {"live": {"ready": 3, "inDelivery": 1, "oldestAgeSeconds": 4.3}, "import": {"ready": 10, "inDelivery": 2, "oldestAgeSeconds": 120}},
                "unreadablePartitions": []
              },
              "rate": {"limit": 100, "current": 12.5},
              "counts": {"received": 10, "accepted": 9, "rejected": 1, "skipped": 2, "delivered": 5, "retried": 3, "deadLettered": {"limit_exceeded": 2}, "since": "2026-11-23T12:00:00.000Z", "warnings": {"email_cleaned": 4}},
              "rules": {"path": null, "transformations": 0, "privacyMode": false, "problems": []},
              "sharedState": null,
              "startedAt": "2026-11-24T12:00:00.000Z"
            }
            """)).ShouldBeTrue(body.ToJsonString());
    }

    [Fact]
    public async Task Partitions_that_can_t_be_read_are_named()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Queue.Status = host.Queue.Status! with { UnreadablePartitions = [new Partition(Lane.Live, 7), new Partition(Lane.Import, 42)] };

        JsonNode queue = (await (await host.GetAsync("/api/status")).JsonAsync())["queue"]!;

        queue["unreadablePartitions"]!.ToJsonString().ShouldBe("""["l-07","i-42"]""");
    }

    [Theory]
    [InlineData("http://proxy.example/", true)]
    [InlineData("https://proxy.example/", null)]
    [InlineData("http://127.0.0.1:7072/", null)]
    public async Task An_address_over_http_beyond_this_machine_is_told(string url, bool? told)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Control.Status = host.Control.Status with { Url = new Uri(url) };

        JsonNode customerIo = (await (await host.GetAsync("/api/status")).JsonAsync())["customerIo"]!;

        bool? unencrypted = customerIo["unencrypted"]?.GetValue<bool>();
        unencrypted.ShouldBe(told);
    }

    [Fact]
    public async Task A_clock_that_is_doubted_is_told_and_what_waits_for_it()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Queue.Status = host.Queue.Status! with { RetentionPaused = new RetentionPause(TimeSpan.FromHours(18), 20) };
        JsonNode start = (await (await host.GetAsync("/api/status")).JsonAsync())["queue"]!["retentionPaused"]!;
        host.Queue.Status = host.Queue.Status with { RetentionPaused = new RetentionPause(null, 0) };
        JsonNode jump = (await (await host.GetAsync("/api/status")).JsonAsync())["queue"]!["retentionPaused"]!;

        start.ToJsonString().ShouldBe("""{"secondsLeft":64800,"deadLettersDue":20}""");
        jump.ToJsonString().ShouldBe("""{"secondsLeft":null,"deadLettersDue":0}""");
    }

    [Theory]
    [InlineData(CustomerIoRegion.Auto, CredentialsState.Unchecked, DestinationState.Disabled, "auto", "unchecked", "disabled")]
    [InlineData(CustomerIoRegion.Eu, CredentialsState.Invalid, DestinationState.Delivering, "eu", "invalid", "delivering")]
    public async Task The_status_shows_null_for_what_is_not_known_of_the_workspace_yet(
        CustomerIoRegion region, CredentialsState credentials, DestinationState state, string regionCode, string credentialsCode, string stateCode)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Control.Status = host.Control.Status with { Region = region, Credentials = credentials, State = state, Url = null, Workspace = null };

        JsonNode body = await (await host.GetAsync("/api/status")).JsonAsync();

        body["customerIo"]!.ToJsonString().ShouldBe($$"""{"region":"{{regionCode}}","url":null,"workspace":null,"credentials":"{{credentialsCode}}","sandbox":false}""");
        body["destination"]!["state"]!.GetValue<string>().ShouldBe(stateCode);
    }

    [Fact]
    public async Task Deliveries_have_the_members_of_the_api()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.DeliveryLog.Entries.Add(Some.Delivery(outcome: AttemptOutcome.DeadLettered) with { Reason = "limit_exceeded", HttpStatus = null, Lane = Lane.Import });
        host.DeliveryLog.Next = "cursor";

        string body = await (await host.GetAsync("/api/deliveries")).Content.ReadAsStringAsync();

        body.ShouldBe("""{"items":[{"at":"2026-11-24T12:00:00.000Z","eventId":"01J0000000000000000000000A","kind":"track","lane":"import","outcome":"deadLettered","reason":"limit_exceeded","attempts":1,"httpStatus":null,"durationMs":12.3}],"next":"cursor"}""");
    }

    [Fact]
    public async Task A_delivery_filter_reaches_the_log()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        await host.GetAsync("/api/deliveries?limit=5&after=x&outcome=deadLettered&kind=identify").StatusAsync();
        await host.GetAsync("/api/deliveries?limit=&after=&outcome=&kind=").StatusAsync();

        host.DeliveryLog.Queries.ShouldBe(
        [
            new DeliveryLogQuery(5, "x", AttemptOutcome.DeadLettered, EventKind.Identify),
            new DeliveryLogQuery(100, After: null, Outcome: null, Kind: null),
        ]);
    }

    [Theory]
    [InlineData("limit=0", false)]
    [InlineData("limit=1", true)]
    [InlineData("limit=1000", true)]
    [InlineData("limit=1001", false)]
    [InlineData("limit=-1", false)]
    [InlineData("limit=1.0", false)]
    [InlineData("limit=+5", false)]
    [InlineData("limit=99999999999999", false)]
    [InlineData("limit=ten", false)]
    [InlineData("limit=1&limit=2", false)]
    [InlineData("outcome=delivered", true)]
    [InlineData("outcome=Delivered", false)]
    [InlineData("outcome=lost", false)]
    [InlineData("kind=track", true)]
    [InlineData("kind=0", false)]
    [InlineData("kind=lifecycle", false)]
    public async Task Query_parameters_are_what_they_may_be(string query, bool fits)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.GetAsync($"/api/deliveries?{query}");

        ((int)response.StatusCode).ShouldBe(fits ? 200 : 400);
        if (!fits)
        {
            (await response.CodeAsync()).ShouldBe("invalid_parameter");
        }
    }

    [Fact]
    public async Task An_unknown_outcome_or_kind_is_answered_with_the_known_ones()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        JsonNode outcome = await (await host.GetAsync("/api/deliveries?outcome=lost")).JsonAsync();
        JsonNode kind = await (await host.GetAsync("/api/deliveries?kind=lost")).JsonAsync();

        outcome["message"]!.GetValue<string>().ShouldContain("outcome must be one of delivered, skipped, deadLettered, released");
        kind["message"]!.GetValue<string>().ShouldContain("kind must be one of identify, track, page");
    }

    [Fact]
    public async Task A_story_tells_every_step_by_its_name()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        DeliveryLogEntry quiet = Some.Delivery() with { Outcome = null, HttpStatus = null };
        host.DeliveryLog.Entries.AddRange(Enum.GetValues<EventStep>().Select(step => step == EventStep.Delivery ? Some.Delivery() with { Warnings = [new("name_cut", "event")] } : quiet with { Step = step }));

        JsonNode body = await (await host.GetAsync($"/api/events/{Some.EventId}")).JsonAsync();

        body["eventId"]!.GetValue<string>().ShouldBe(Some.EventId);
        body["kind"]!.GetValue<string>().ShouldBe("track");
        body["steps"]!.AsArray().Select(step => step!["step"]!.GetValue<string>()).ShouldBe(["accepted", "queued", "delivery", "ingest", "replayed", "discarded"]);
        body["steps"]![2]!.ToJsonString().ShouldBe("""{"at":"2026-11-24T12:00:00.000Z","step":"delivery","outcome":"delivered","reason":null,"httpStatus":200,"durationMs":12.3,"nextTryAt":null,"warnings":[{"code":"name_cut","field":"event"}]}""");
    }

    [Fact]
    public async Task An_event_nobody_knows_is_a_404()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        (await host.GetAsync("/api/events/01J0000000000000000000000B").ErrorAsync()).ShouldBe("404 unknown_event");
    }

    [Fact]
    public async Task Resume_ends_a_pause_and_answers_the_state_after_it()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Control.Status = host.Control.Status with { State = DestinationState.Paused, Reason = "everything_rejected" };

        using HttpResponseMessage response = await host.PostAsync("/api/destination/resume", "", "X-Requested-With: destination");

        host.Control.Resumed.ShouldBe(1);
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"state":"delivering","since":"2026-11-24T12:00:00.000Z","reason":null,"lastAnswerAt":null,"nextTryAt":null,"failing":0}""");
    }
}
