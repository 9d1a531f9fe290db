using System.Net;
using System.Text.Json.Nodes;
using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class ControlRouteTests
{
    [Fact]
    public async Task The_state_is_told_whole()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"email":"jane@example.com","Plan":1.50,"anonymous_id":"d1","unsubscribed":true}""");
        await sandbox.TrackAsync("u1", """{"name":"x","id":"01BX5ZZKBKACTAV9WEVGEMMVRY","timestamp":1768000000,"data":{"a":1}}""");
        await sandbox.SendAsync(HttpMethod.Put, "/api/v1/customers/u1/devices", """{"device":{"id":"t1","platform":"ios"}}""");
        await sandbox.IdentifyAsync("u1", """{"cio_relationships":{"action":"add_relationships","relationships":[{"identifiers":{"object_type_id":"1","object_id":"acme"}}]}}""");
        await sandbox.TrackAnonymousAsync("""{"name":"y","anonymous_id":"d2","timestamp":1768000001}""");
        await sandbox.SendAsync(HttpMethod.Post, "/api/v1/customers/u9/suppress");

        JsonNode state = (await sandbox.SendAsync(HttpMethod.Get, "/sandbox/state")).Json;

        JsonNode expected = JsonNode.Parse("""
            {"people":[{"cioId":"03000001","id":"u1","email":"jane@example.com","anonymousIds":["d1"],"attributes":{"Plan":1.50,"unsubscribed":true},"unsubscribed":true,
              "devices":[{"id":"t1","platform":"ios","lastUsed":null,"attributes":null}],
              "relationships":[{"objectTypeId":"1","objectId":"acme","attributes":{}}],
              "events":[{"id":"01BX5ZZKBKACTAV9WEVGEMMVRY","name":"x","type":"event","timestamp":1768000000,"data":{"a":1},"anonymousId":null}]}],
             "anonymousEvents":[{"id":null,"name":"y","type":"event","timestamp":1768000001,"data":{},"anonymousId":"d2"}],
             "objects":[{"objectTypeId":"1","objectId":"acme","attributes":{}}],
             "suppressed":["u9"]}
            """)!;
        JsonNode.DeepEquals(state, expected).ShouldBeTrue(state.ToJsonString());
    }

    [Theory]
    [InlineData("u1")]
    [InlineData("JANE@example.com")]
    [InlineData("cio_03000001")]
    public async Task A_person_is_found_by_each_identifier(string identifier)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"email":"jane@example.com"}""");

        Reply reply = await sandbox.SendAsync(HttpMethod.Get, "/sandbox/people/" + Uri.EscapeDataString(identifier));

        ((string?)reply.Json["id"]).ShouldBe("u1");
    }

    [Fact]
    public async Task An_id_that_looks_like_an_e_mail_is_found_too()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.EntityAsync("""{"type":"person","identifiers":{"id":"odd@example.com"},"action":"identify"}""");

        ((int)(await sandbox.SendAsync(HttpMethod.Get, "/sandbox/people/odd%40example.com")).Status).ShouldBe(200);
    }

    [Fact]
    public async Task A_person_nobody_knows_is_not_found()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.SendAsync(HttpMethod.Get, "/sandbox/people/nobody")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_state_is_forgotten_with_log_and_totals_and_faults_stay()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.TrackAsync("u1", """{"name":"x","id":"01BX5ZZKBKACTAV9WEVGEMMVRY"}""");
        await sandbox.SendAsync(HttpMethod.Post, "/api/v1/customers/u2/suppress");
        await sandbox.FaultAsync("""{"status":500,"match":"struck"}""");

        (await sandbox.SendAsync(HttpMethod.Delete, "/sandbox/state")).ShouldBeAccepted();

        sandbox.Server.GetState().People.ShouldBeEmpty();
        sandbox.Server.GetState().Suppressed.ShouldBeEmpty();
        sandbox.Server.GetRequests().ShouldBeEmpty();
        sandbox.Server.GetStats().ShouldSatisfyAllConditions(
            stats => stats.Requests.ShouldBe(0),
            stats => stats.HighestPerSecond.ShouldBe(0),
            stats => stats.Events.ShouldBe(0),
            stats => stats.Dropped.ShouldBeEmpty());
        (await sandbox.TrackAsync("u1", """{"name":"x","id":"01BX5ZZKBKACTAV9WEVGEMMVRY"}""")).ShouldBeAccepted();
        sandbox.EventNames("u1").ShouldBe(["x"]);
        ((int)(await sandbox.IdentifyAsync("struck", "{}")).Status).ShouldBe(500);
    }

    [Fact]
    public async Task Requests_are_told_as_received_page_by_page()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("a/b@x", """{"a": 1}""");
        sandbox.Time.Advance(TimeSpan.FromMilliseconds(1500));
        await sandbox.TrackAsync("u1", "nonsense");

        JsonNode first = (await sandbox.SendAsync(HttpMethod.Get, "/sandbox/requests?limit=1")).Json;
        JsonNode second = (await sandbox.SendAsync(HttpMethod.Get, $"/sandbox/requests?after={first["next"]}")).Json;
        JsonNode third = (await sandbox.SendAsync(HttpMethod.Get, $"/sandbox/requests?after={second["next"]}")).Json;

        JsonNode.DeepEquals(first, JsonNode.Parse("""{"items":[{"sequence":1,"atMs":0,"method":"PUT","path":"/api/v1/customers/a%2Fb%40x","body":"{\"a\": 1}","bodyTruncated":false,"status":200,"applied":true,"decidedAfter":1,"refusedItems":null}],"next":1}""")).ShouldBeTrue(first.ToJsonString());
        JsonNode.DeepEquals(second, JsonNode.Parse("""{"items":[{"sequence":2,"atMs":1500,"method":"POST","path":"/api/v1/customers/u1/events","body":"nonsense","bodyTruncated":false,"status":400,"applied":false,"decidedAfter":2,"refusedItems":null}],"next":2}""")).ShouldBeTrue(second.ToJsonString());
        JsonNode.DeepEquals(third, JsonNode.Parse("""{"items":[],"next":2}""")).ShouldBeTrue(third.ToJsonString());
    }

    [Fact]
    public async Task Totals_tell_routes_and_statuses()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", "{}");
        await sandbox.IdentifyAsync("u2", "{}");
        await sandbox.TrackAsync("u1", "{}");
        await sandbox.SendAsync(HttpMethod.Get, "/api/nothing");

        JsonNode stats = (await sandbox.SendAsync(HttpMethod.Get, "/sandbox/stats")).Json;

        JsonNode.DeepEquals(stats, JsonNode.Parse("""
            {"requests":4,"byRoute":{"PUT /api/v1/customers/{identifier}":2,"POST /api/v1/customers/{identifier}/events":1,"not found":1},
             "byStatus":{"200":2,"400":1,"404":1},"unanswered":0,"highestPerSecond":4,"people":2,"events":0,"dropped":{}}
            """)).ShouldBeTrue(stats.ToJsonString());
    }

    [Fact]
    public async Task The_highest_count_is_taken_over_any_second_not_over_whole_ones()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        foreach (double seconds in new[] { 0.7, 0.2, 0.2, 0.2, 0.39, 0.01, 3 })
        {
            sandbox.Time.Advance(TimeSpan.FromSeconds(seconds));
            await sandbox.SendAsync(HttpMethod.Get, "/api/v1/accounts/region");
        }

        // 0.7, 0.9, 1.1, 1.3, 1.69 lie within one second; 1.70 is a whole second after 0.7.
        sandbox.Server.GetStats().HighestPerSecond.ShouldBe(5);
    }

    [Theory]
    [InlineData("POST", "/sandbox/state", 405)]
    [InlineData("DELETE", "/sandbox/stats", 405)]
    [InlineData("GET", "/sandbox/faults", 405)]
    [InlineData("GET", "/sandbox", 404)]
    [InlineData("GET", "/sandbox/else", 404)]
    public async Task Other_calls_of_its_own_routes_are_refused(string method, string path, int status)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        ((int)(await sandbox.SendAsync(new HttpMethod(method), path)).Status).ShouldBe(status);
    }

    [Fact]
    public async Task The_sandboxs_own_routes_want_no_credentials()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        sandbox.Client.DefaultRequestHeaders.Authorization = null;

        (await sandbox.SendAsync(HttpMethod.Get, "/sandbox/state")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_page_from_elsewhere_may_not_use_them()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/sandbox/state");
        foreign.Headers.Add("Sec-Fetch-Site", "cross-site");

        using HttpResponseMessage response = await sandbox.Client.SendAsync(foreign);

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await sandbox.SendRawAsync("GET", "/sandbox/state", host: "rebound.example")).ShouldContain("403");
        (await sandbox.SendRawAsync("GET", "/sandbox/state", host: $"localhost:{sandbox.Server.BaseAddress.Port}")).ShouldContain("200");
    }

    [Theory]
    [InlineData("POST", "/sandbox/faults", """{"status":500}""")]
    [InlineData("DELETE", "/sandbox/faults", null)]
    [InlineData("DELETE", "/sandbox/state", null)]
    public async Task A_page_of_another_origin_changes_nothing(string method, string path, string? body)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", "{}");
        string own = sandbox.Server.BaseAddress.GetLeftPart(UriPartial.Authority);

        foreach (string origin in new[] { "https://elsewhere.example", "null", "http://127.0.0.1:1", own.Replace("http:", "https:", StringComparison.Ordinal) })
        {
            (await SendFromAsync(sandbox, method, path, body, origin)).ShouldBe(HttpStatusCode.Forbidden, origin);
        }

        sandbox.Server.GetState().People.ShouldHaveSingleItem();
        (await sandbox.IdentifyAsync("u1", "{}")).ShouldBeAccepted();
        (await SendFromAsync(sandbox, method, path, body, own)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Looking_is_not_refused_for_its_origin()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await SendFromAsync(sandbox, "GET", "/sandbox/state", null, "http://127.0.0.1:7071")).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpStatusCode> SendFromAsync(RunningSandbox sandbox, string method, string path, string? body, string origin)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body) };
        request.Headers.Add("Origin", origin);
        using HttpResponseMessage response = await sandbox.Client.SendAsync(request);
        return response.StatusCode;
    }
}
