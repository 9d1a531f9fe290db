using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using Microsoft.AspNetCore.Http;
using IPNetwork = System.Net.IPNetwork;

namespace CustomerIoDestination.HttpApi.Tests.Authentication;

/// <summary>What a stranger can do who read the write key in a page, and what not.</summary>
public sealed class BrowserDoorTests
{
    private const string Page = "Origin: https://www.example.com";
    private const string Key = "X-Write-Key: write-key-0";

    private static readonly DestinationSettings ForBrowsers = new()
    {
        Ingest = new IngestSettings
        {
            Keys = [new Secret("ingest-key")],
            LifecycleKey = new Secret("lifecycle-key"),
            WriteKeys = [new Secret("write-key-0"), new Secret("write-key-1")],
            AllowedOrigins = ["https://www.example.com", "https://app.example.com:8443"],
        },
        Admin = new AdminSettings { Keys = [new Secret("admin-key")] },
    };

    public static TheoryData<string> OtherRoutes => [.. ApiRoutes.All.Where(route => route != ApiRoutes.IngestEvents).Select(route => route.Name)];

    [Theory]
    [InlineData("/api/events", "Origin: https://www.example.com", "X-Write-Key: write-key-0", "202")]
    [InlineData("/api/events", "Origin: https://app.example.com:8443", "X-Write-Key: write-key-1", "202")]
    [InlineData("/api/events?writeKey=write-key-0", "Origin: https://www.example.com", null, "202")]
    [InlineData("/api/events", "Origin: https://www.example.com", "X-Write-Key: write-key-2", "401 key_wrong")]
    [InlineData("/api/events", "Origin: https://www.example.com", "X-Write-Key: ingest-key", "401 key_wrong")]
    [InlineData("/api/events?writeKey=write-key-0&writeKey=write-key-1", "Origin: https://www.example.com", null, "401 key_wrong")]
    [InlineData("/api/events", "Origin: https://www.example.com", null, "401 key_missing")]
    [InlineData("/api/events", null, "X-Write-Key: write-key-0", "403 origin")]
    [InlineData("/api/events", "Origin: null", "X-Write-Key: write-key-0", "403 origin")]
    [InlineData("/api/events", "Origin: http://www.example.com", "X-Write-Key: write-key-0", "403 origin")]
    [InlineData("/api/events", "Origin: https://example.com", "X-Write-Key: write-key-0", "403 origin")]
    [InlineData("/api/events", "Origin: https://www.example.com.evil.example", "X-Write-Key: write-key-0", "403 origin")]
    [InlineData("/api/events", "Origin: https://www.example.com:8443", "X-Write-Key: write-key-0", "403 origin")]
    [InlineData("/api/events", "Origin: https://WWW.example.com", "X-Write-Key: write-key-0", "403 origin")]
    [InlineData("/api/events", "X-Ingest-Key: ingest-key", "X-Write-Key: write-key-2", "401 key_wrong")]
    public async Task A_write_key_counts_only_together_with_an_allowed_origin(string path, string? first, string? second, string expected)
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers, KeylessPolicy.Refuse);

        using HttpResponseMessage response = await host.PostAsync(path, Some.TrackJson(), [.. new[] { first, second }.OfType<string>()]);

        (response.IsSuccessStatusCode ? "202" : $"{(int)response.StatusCode} {await response.CodeAsync()}").ShouldBe(expected);
        host.Queue.Envelopes.Count.ShouldBe(expected == "202" ? 1 : 0);
        host.Queue.Envelopes.ShouldAllBe(envelope => envelope.FromBrowser);
    }

    [Fact]
    public async Task Without_write_keys_nobody_looks_at_one()
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers with { Ingest = ForBrowsers.Ingest with { WriteKeys = [], AllowedOrigins = [] } }, KeylessPolicy.Refuse);

        (await host.PostAsync("/api/events", Some.TrackJson(), Page, Key).ErrorAsync()).ShouldBe("401 key_missing");
        (await PreflightAsync(host, "/api/events", "https://www.example.com").StatusAsync()).ShouldBe(405);
    }

    [Fact]
    public async Task An_ingest_key_alone_stays_a_servers()
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers, KeylessPolicy.Refuse);

        (await host.PostAsync("/api/events", Some.TrackJson(), "X-Ingest-Key: ingest-key", "X-Lane: import").StatusAsync()).ShouldBe(202);

        EventEnvelope envelope = host.Queue.Envelopes.ShouldHaveSingleItem();
        (envelope.FromBrowser, envelope.Lane).ShouldBe((false, Lane.Import));
    }

    [Fact]
    public async Task With_write_keys_alone_a_server_needs_a_key_too()
    {
        await using ApiHost host = await ApiHost.StartAsync(new DestinationSettings
        {
            Ingest = new IngestSettings { WriteKeys = ForBrowsers.Ingest.WriteKeys, AllowedOrigins = ForBrowsers.Ingest.AllowedOrigins },
        });

        (await host.PostAsync("/api/events", Some.TrackJson()).ErrorAsync()).ShouldBe("401 key_missing");
        (await host.PostAsync("/api/events", Some.TrackJson(), Page, Key).StatusAsync()).ShouldBe(202);
        (await host.GetAsync("/api/status", Page).ErrorAsync()).ShouldBe("403 foreign_origin");
    }

    [Theory]
    [MemberData(nameof(OtherRoutes))]
    public async Task A_write_key_opens_no_other_route_and_no_page_may_read_one(string name)
    {
        ApiRoute route = ApiRoutes.All.Single(candidate => candidate.Name == name);
        string path = route.Pattern.Replace("{eventId}", Some.EventId, StringComparison.Ordinal).Replace("{id}", "7", StringComparison.Ordinal)
            .Replace("{file}", "app.js", StringComparison.Ordinal);
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers, KeylessPolicy.Refuse);
        host.DeadLetters.Letters.Add(Some.StoredLetter());

        using HttpResponseMessage answer = await host.SendAsync(
            route.Method, $"{path}?writeKey=write-key-0", route.Method == "GET" ? null : new StringContent("""{"all":true}"""), Page, Key, "X-Admin-Key: write-key-0", "X-Requested-With: destination");
        using HttpResponseMessage preflight = await PreflightAsync(host, path, "https://www.example.com");

        ((int)answer.StatusCode).ShouldBe(route.Requirement == RouteRequirement.Public ? 200 : 401);
        answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        ((int)preflight.StatusCode).ShouldBe(405);
        preflight.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        host.DeadLetters.Letters.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("/api/events")]
    [InlineData("/api/events/")]
    [InlineData("/API/Events")]
    public async Task A_page_that_asks_first_is_told_what_it_may_send(string path)
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers, KeylessPolicy.Refuse);

        using HttpResponseMessage response = await PreflightAsync(host, path, "https://www.example.com");

        ((int)response.StatusCode).ShouldBe(204);
        Header(response, "Access-Control-Allow-Origin").ShouldBe("https://www.example.com");
        Header(response, "Access-Control-Allow-Methods").ShouldBe("POST");
        Header(response, "Access-Control-Allow-Headers").ShouldBe("Content-Type,X-Write-Key");
        Header(response, "Access-Control-Max-Age").ShouldBe("7200");
        Header(response, "Vary").ShouldBe("Origin");
        response.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
    }

    [Fact]
    public async Task A_page_of_another_origin_is_told_nothing_but_no()
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers, KeylessPolicy.Refuse);

        using HttpResponseMessage preflight = await PreflightAsync(host, "/api/events", "https://evil.example");
        using HttpResponseMessage answer = await host.PostAsync("/api/events", Some.TrackJson(), "Origin: https://evil.example", Key);

        (await preflight.CodeAsync()).ShouldBe("origin");
        ((int)preflight.StatusCode).ShouldBe(403);
        preflight.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Theory]
    [InlineData(Key, 202)]
    [InlineData("X-Write-Key: wrong-key", 401)]
    [InlineData("X-Ingest-Key: wrong-key", 401)]
    public async Task An_allowed_page_may_read_the_answer_whatever_it_is(string header, int status)
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers, KeylessPolicy.Refuse);

        using HttpResponseMessage response = await host.PostAsync("/api/events", Some.TrackJson(), Page, header);

        ((int)response.StatusCode).ShouldBe(status);
        Header(response, "Access-Control-Allow-Origin").ShouldBe("https://www.example.com");
        Header(response, "Access-Control-Expose-Headers").ShouldBe("Retry-After");
    }

    [Fact]
    public async Task A_beacon_is_taken_though_it_is_plain_text()
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers, KeylessPolicy.Refuse);

        (await host.PostAsync("/api/events?writeKey=write-key-0", $$"""{"batch":[{{Some.TrackJson()}}]}""", Page, "Content-Type: text/plain;charset=UTF-8").StatusAsync()).ShouldBe(202);
    }

    [Fact]
    public async Task Lane_and_lifecycle_never_count_with_a_write_key()
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers with { Ingest = ForBrowsers.Ingest with { ImportOlderThan = TimeSpan.FromHours(1) } }, KeylessPolicy.Refuse);
        const string Old = """{"type":"track","event":"User Deleted","userId":"u","timestamp":"2020-01-01T00:00:00Z","context":{"backfill":true}}""";

        (await host.PostAsync("/api/events", Old, Page, Key, "X-Lane: import", "X-Lifecycle-Key: lifecycle-key", "X-Ingest-Key: ingest-key").StatusAsync()).ShouldBe(202);

        EventEnvelope envelope = host.Queue.Envelopes.ShouldHaveSingleItem();
        (envelope.Lane, envelope.LifecycleAllowed, envelope.FromBrowser, envelope.AsOfNow).ShouldBe((Lane.Live, false, true, false));
    }

    [Theory]
    [InlineData("track", null)]
    [InlineData("page", null)]
    [InlineData("screen", null)]
    [InlineData("identify", null)]
    [InlineData("group", null)]
    [InlineData("alias", "kind alias")]
    [InlineData("delete", "kind unsupported")]
    public async Task Only_five_kinds_are_taken_with_a_write_key(string type, string? refusal)
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers, KeylessPolicy.Refuse);

        JsonNode body = await PostItemAsync(host, $$"""{"traits":{"a":1},"type":"{{type}}","event":"e","name":"n","userId":"u","anonymousId":"d","groupId":"g","previousId":"p"}""");

        Rejections(body).ShouldBe(refusal is null ? [] : ["not_from_browsers"]);
        (refusal is null || body["rejected"]![0]!["message"]!.GetValue<string>().Contains(refusal, StringComparison.Ordinal)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"type":"track","event":"e","userId":"cio_03000001"}""")]
    [InlineData("""{"type":"track","event":"e","userId":" \tCIO_03000001"}""")]
    [InlineData("""{"type":"identify","userId":"CIO_03000001","traits":{"a":1}}""")]
    [InlineData("""{"type":"identify","anonymousId":"d","traits":{"userId":"cio_03000001"}}""")]
    [InlineData("""{"type":"identify","anonymousId":"d","traits":{"email":"cio_03000001@x.example"}}""")]
    [InlineData("""{"type":"page","anonymousId":"d","context":{"traits":{"email":"cio_03@x.example"},"page":{"url":"https://x"}}}""")]
    [InlineData("""{"event":"e","properties":{"distinct_id":"cio_03000001"}}""")]
    [InlineData("""{"event":"$identify","properties":{"distinct_id":"cio_03000001","$user_props":{"a":1}}}""")]
    public async Task Nobody_is_named_by_an_id_of_customer_ios_own_with_a_write_key(string item)
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers, KeylessPolicy.Refuse);

        Rejections(await PostItemAsync(host, item)).ShouldBe(["not_from_browsers"]);
        host.Queue.Envelopes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(65_536, "202")]
    [InlineData(65_537, "413 body_too_large")]
    public async Task A_browsers_body_has_at_most_64_kilobytes(int bytes, string expected)
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers, KeylessPolicy.Refuse);
        string body = Some.TrackJson(new string('x', bytes - Some.TrackJson("").Length));

        using HttpResponseMessage response = await host.PostAsync("/api/events", body, Page, Key);

        (response.IsSuccessStatusCode ? "202" : $"{(int)response.StatusCode} {await response.CodeAsync()}").ShouldBe(expected);
    }

    [Fact]
    public async Task A_small_packed_body_does_not_become_a_large_one()
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers, KeylessPolicy.Refuse);

        string error = await host.SendAsync("POST", "/api/events", new ByteArrayContent(Gzip.Pack(Some.TrackJson(new string('x', 65_536)))), Page, Key, "Content-Encoding: gzip").ErrorAsync();

        error.ShouldBe("413 body_too_large");
    }

    [Fact]
    public async Task A_small_request_stays_small_with_what_its_batch_says_for_all()
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers, KeylessPolicy.Refuse);
        string items = string.Join(',', Enumerable.Repeat("""{"type":"track","event":"e","userId":"u"}""", 100));

        string error = await host.PostAsync("/api/events", $$$"""{"context":{"traits":{"a":"{{{new string('x', 50_000)}}}"}},"batch":[{{{items}}}]}""", Page, Key).ErrorAsync();

        error.ShouldBe("413 body_too_large");
    }

    [Theory]
    [InlineData(100, "202")]
    [InlineData(101, "413 too_many_items")]
    public async Task A_browsers_request_holds_at_most_a_hundred_items(int count, string expected)
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers, KeylessPolicy.Refuse);
        string items = string.Join(',', Enumerable.Range(0, count).Select(number => $$"""{"type":"track","event":"e","userId":"u","messageId":"{{number}}"}"""));

        using HttpResponseMessage response = await host.PostAsync("/api/events", $"[{items}]", Page, Key);

        (response.IsSuccessStatusCode ? "202" : $"{(int)response.StatusCode} {await response.CodeAsync()}").ShouldBe(expected);
    }

    [Fact]
    public async Task A_device_that_sends_too_often_is_told_when_to_come_back_and_a_batch_is_one_request()
    {
        await using ApiHost host = await ApiHost.StartAsync(ForBrowsers with { Ingest = ForBrowsers.Ingest with { BrowserRate = 3 } }, KeylessPolicy.Refuse);
        string[] statuses = new string[5];
        for (int request = 0; request < statuses.Length; request++)
        {
            using HttpResponseMessage response = await host.PostAsync("/api/events", $"[{Some.TrackJson("1")},{Some.TrackJson("2")}]", Page, Key);
            statuses[request] = $"{(int)response.StatusCode} {(response.Headers.TryGetValues("Retry-After", out IEnumerable<string>? after) ? after.Single() : "")}".TrimEnd();
            if (request == 4)
            {
                (await response.CodeAsync()).ShouldBe("too_many");
                Header(response, "Access-Control-Allow-Origin").ShouldBe("https://www.example.com");
            }
        }

        statuses[..3].ShouldBe(["202", "202", "202"]);
        int.Parse(statuses[4].Split(' ')[1], CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        host.Queue.Envelopes.Count.ShouldBe(6);
        (await host.PostAsync("/api/events", Some.TrackJson(), "X-Ingest-Key: ingest-key").StatusAsync()).ShouldBe(202);
    }

    [Theory]
    [InlineData("10.1.1.1", "203.0.113.9", "", "10.1.1.1")]
    [InlineData("10.1.1.1", "203.0.113.9", "10.0.0.0/8", "203.0.113.9")]
    [InlineData("10.1.1.1", "198.51.100.1, 203.0.113.9", "10.0.0.0/8", "203.0.113.9")]
    [InlineData("10.1.1.1", "198.51.100.1, 203.0.113.9", "10.0.0.0/8,203.0.113.0/24", "198.51.100.1")]
    [InlineData("192.0.2.1", "203.0.113.9", "10.0.0.0/8", "192.0.2.1")]
    [InlineData("10.1.1.1", "203.0.113.9:4711", "10.0.0.0/8", "203.0.113.9")]
    [InlineData("10.1.1.1", "[2001:db8::9]:80", "10.0.0.0/8", "2001:db8::9")]
    [InlineData("10.1.1.1", "somebody", "10.0.0.0/8", "10.1.1.1")]
    [InlineData("::ffff:10.1.1.1", "203.0.113.9", "10.0.0.0/8", "203.0.113.9")]
    public void The_address_is_the_peers_or_what_trusted_proxies_added_last(string peer, string forwardedFor, string trusted, string expected) =>
        AddressOf(peer, forwardedFor, trusted, behindPlatform: false).ShouldBe(IPAddress.Parse(expected));

    [Theory]
    [InlineData("127.0.0.1", "198.51.100.1, 203.0.113.9:80", "", "203.0.113.9")]
    [InlineData("::1", "198.51.100.1, 203.0.113.9:80", "203.0.113.0/24", "198.51.100.1")]
    public void Behind_a_platform_its_front_end_is_trusted(string peer, string forwardedFor, string trusted, string expected) =>
        AddressOf(peer, forwardedFor, trusted, behindPlatform: true).ShouldBe(IPAddress.Parse(expected));

    private static IPAddress? AddressOf(string peer, string forwardedFor, string trusted, bool behindPlatform)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        context.Request.Headers["X-Forwarded-For"] = forwardedFor;
        IPNetwork[] networks = [.. trusted.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(network => IPNetwork.Parse(network))];
        var settings = new DestinationSettings { Ingest = new IngestSettings { TrustedProxies = networks } };
        return new CallerAddress(settings, new HostTraits(KeylessPolicy.Refuse, DeliversToSandbox: false, behindPlatform)).Of(context);
    }

    private static async Task<JsonNode> PostItemAsync(ApiHost host, string item)
    {
        using HttpResponseMessage response = await host.PostAsync("/api/events", item, Page, Key);
        return await response.JsonAsync();
    }

    private static string[] Rejections(JsonNode body) => [.. body["rejected"]!.AsArray().Select(item => item!["code"]!.GetValue<string>())];

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(',', values) : null;

    private static Task<HttpResponseMessage> PreflightAsync(ApiHost host, string path, string origin) => host.SendAsync(
        "OPTIONS", path, content: null, $"Origin: {origin}", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type,x-write-key");
}
