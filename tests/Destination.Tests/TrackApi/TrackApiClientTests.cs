using System.Text;
using CustomerIoDestination.Queueing;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.TrackApi;

public sealed class TrackApiClientTests
{
    private const string UsRegion = """{"url":"https://track.customer.io","region":"us","environment_id":3}""";
    private const string EuRegion = """{"url":"https://track-eu.customer.io","region":"eu","environment_id":3}""";

    [Fact]
    public async Task A_request_goes_out_as_it_is_with_basic_authentication()
    {
        await using DeliveryRig rig = new(customerIo: DeliveryRig.Sandbox with { SiteId = "sité", ApiKey = new Secret("k?>~") });
        rig.Api.Reply(200);

        DeliveryOutcome outcome = await SendAsync(rig);

        outcome.ShouldBe(new DeliveryOutcome.Delivered(200));
        SentCall call = rig.Api.Calls.ShouldHaveSingleItem();
        call.Method.ShouldBe("POST");
        call.Url.ShouldBe("http://track.test/api/v1/customers/u%40x/events");
        call.Body.ShouldBe("{\"name\":\"Signed Up\"}");
        call.ContentType.ShouldBe("application/json");
        call.Authorization.ShouldBe("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("sité:k?>~")));
        call.UserAgent.ShouldStartWith("freshpaint-customerio-destination/");
    }

    [Fact]
    public async Task A_path_that_looks_like_dots_is_not_collapsed()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(200);

        await rig.RunAsync(rig.Client.SendAsync(Some.Request with { Path = "/api/v1/customers/%2E%2E/events" }, Lane.Live, CancellationToken.None).AsTask());

        rig.Api.Calls[0].Path.ShouldBe("/api/v1/customers/%2E%2E/events");
    }

    [Theory]
    [InlineData(CustomerIoRegion.Us, "https://track.customer.io/")]
    [InlineData(CustomerIoRegion.Eu, "https://track-eu.customer.io/")]
    public async Task A_configured_region_names_the_url(CustomerIoRegion region, string url)
    {
        await using DeliveryRig rig = new(customerIo: Live(region));
        rig.Api.Reply(200);

        await SendAsync(rig);

        rig.Api.Calls.ShouldHaveSingleItem().Url.ShouldStartWith(url);
    }

    [Fact]
    public async Task With_region_auto_nothing_is_sent_before_Customer_io_said_where()
    {
        await using DeliveryRig rig = new(customerIo: Live(CustomerIoRegion.Auto));
        rig.Api.Reply(503).Reply(503).Reply(503).Reply(200, EuRegion).Reply(200);

        DeliveryOutcome first = await SendAsync(rig);
        rig.Time.Advance(TimeSpan.FromSeconds(11));
        DeliveryOutcome second = await SendAsync(rig);

        first.ShouldBe(new DeliveryOutcome.Unavailable("http_503", 503) { Calls = 0 });
        second.ShouldBe(new DeliveryOutcome.Delivered(200));
        rig.Api.Calls.Take(4).ShouldAllBe(call => call.Url == "https://track.customer.io/api/v1/accounts/region" && call.Method == "GET" && call.Body.Length == 0);
        rig.Api.Calls[4].Url.ShouldStartWith("https://track-eu.customer.io/api/v1/customers/");
        rig.Client.Workspace.Number.ShouldBe(3);
    }

    [Theory]
    [InlineData("""{"url":"https://evil.example","region":"us"}""")]
    [InlineData("""{"url":"http://track.customer.io","region":"us"}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("<html>")]
    public async Task A_region_nobody_knows_is_no_place_to_send_data_to(string answer)
    {
        await using DeliveryRig rig = new(customerIo: Live(CustomerIoRegion.Auto));
        rig.Api.Always(_ => StubTrackApi.Response(200, answer));

        DeliveryOutcome outcome = await SendAsync(rig);

        outcome.ShouldBeOfType<DeliveryOutcome.Unavailable>();
        rig.Api.Calls.ShouldAllBe(call => call.IsPing);
    }

    [Theory]
    [InlineData(401, 200, UsRegion, typeof(DeliveryOutcome.Unavailable), "http_401")]
    [InlineData(403, 200, UsRegion, typeof(DeliveryOutcome.Unavailable), "http_403")]
    [InlineData(407, 200, UsRegion, typeof(DeliveryOutcome.Unavailable), "http_407")]
    [InlineData(404, 200, UsRegion, typeof(DeliveryOutcome.Rejected), "http_404")]
    [InlineData(405, 200, UsRegion, typeof(DeliveryOutcome.Rejected), "http_405")]
    [InlineData(409, 200, UsRegion, typeof(DeliveryOutcome.Rejected), "http_409")]
    [InlineData(302, 200, UsRegion, typeof(DeliveryOutcome.Rejected), "http_302")]
    [InlineData(401, 401, "", typeof(DeliveryOutcome.Misconfigured), "credentials_refused")]
    [InlineData(401, 403, "", typeof(DeliveryOutcome.Misconfigured), "credentials_refused")]
    [InlineData(404, 401, "", typeof(DeliveryOutcome.Misconfigured), "credentials_refused")]
    [InlineData(302, 302, "", typeof(DeliveryOutcome.Misconfigured), "wrong_region")]
    [InlineData(401, 200, EuRegion, typeof(DeliveryOutcome.Misconfigured), "wrong_region")]
    [InlineData(404, 404, "", typeof(DeliveryOutcome.Misconfigured), "wrong_url")]
    [InlineData(401, 407, "", typeof(DeliveryOutcome.Unavailable), "http_407")]
    [InlineData(401, 429, "", typeof(DeliveryOutcome.Unavailable), "http_429")]
    [InlineData(404, 200, "<html>", typeof(DeliveryOutcome.Unavailable), "unreadable_answer")]
    public async Task A_suspicious_answer_is_understood_by_a_ping(int status, int pingStatus, string ping, Type expected, string code)
    {
        await using DeliveryRig rig = new(customerIo: Live(CustomerIoRegion.Us));
        rig.Api.Always(call => call.IsPing ? StubTrackApi.Response(pingStatus, ping) : StubTrackApi.Response(status));

        DeliveryOutcome outcome = await SendAsync(rig);

        outcome.ShouldBeOfType(expected);
        CodeOf(outcome).ShouldBe(code);
        outcome.HttpStatus.ShouldBe(status);
    }

    [Fact]
    public async Task Pings_are_shared_and_their_answer_holds_ten_seconds()
    {
        await using DeliveryRig rig = new(customerIo: Live(CustomerIoRegion.Us));
        rig.Api.Always(_ => StubTrackApi.Response(200, UsRegion));

        PingResult[] together = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => rig.Client.PingAsync(CancellationToken.None)));
        rig.Time.Advance(TimeSpan.FromSeconds(9));
        await rig.Client.PingAsync(CancellationToken.None);
        int before = rig.Api.Calls.Count;
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        await rig.Client.PingAsync(CancellationToken.None);

        together.ShouldAllBe(result => result == new PingResult.Good(CustomerIoRegion.Us, TrackApiUrl.Us, 3));
        before.ShouldBe(1);
        rig.Api.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task With_region_auto_it_follows_a_workspace_to_the_other_region()
    {
        await using DeliveryRig rig = new(customerIo: Live(CustomerIoRegion.Auto));
        rig.Api.Reply(200, UsRegion).Reply(200, EuRegion).Reply(200, EuRegion);
        await rig.Client.PingAsync(CancellationToken.None);
        rig.Time.Advance(TimeSpan.FromSeconds(11));

        (await rig.Client.PingAsync(CancellationToken.None)).ShouldBe(new PingResult.WrongUrl(TrackApiUrl.Eu));
        rig.Time.Advance(TimeSpan.FromSeconds(11));
        (await rig.Client.PingAsync(CancellationToken.None)).ShouldBe(new PingResult.Good(CustomerIoRegion.Eu, TrackApiUrl.Eu, 3));

        rig.Api.Calls[^1].Url.ShouldStartWith("https://track-eu.customer.io/");
    }

    [Fact]
    public async Task A_short_outage_is_bridged_by_quick_retries_of_the_same_bytes()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(500).Fail(new HttpRequestException("reset")).Reply(200);

        DeliveryOutcome outcome = await SendAsync(rig);

        outcome.ShouldBe(new DeliveryOutcome.Delivered(200) { Calls = 3 });
        rig.Api.Calls.Select(call => call.Body).Distinct().ShouldHaveSingleItem().ShouldBe("{\"name\":\"Signed Up\"}");
        rig.Api.Calls.ShouldAllBe(call => call.Authorization!.StartsWith("Basic ") && !call.Authorization.Contains(','));
    }

    [Theory]
    [InlineData(503, "60", 1)]
    [InlineData(503, "2", 3)]
    [InlineData(429, null, 1)]
    [InlineData(429, "1", 3)]
    [InlineData(503, "Tue, 24 Nov 2026 12:05:00 GMT", 1)]
    [InlineData(503, "soon", 3)]
    public async Task Only_a_short_wait_is_waited_for_inside_the_pipeline(int status, string? retryAfter, int calls)
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(status, retryAfter: retryAfter).Reply(status, retryAfter: retryAfter).Reply(status, retryAfter: retryAfter);

        DeliveryOutcome outcome = await SendAsync(rig);

        outcome.ShouldBeOfType<DeliveryOutcome.Unavailable>().Calls.ShouldBe(calls);
        rig.Api.Calls.Count.ShouldBe(calls);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task A_refusal_is_not_repeated(int status)
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(status, """{"meta":{"error":"event name must not be blank"}}""");

        (await SendAsync(rig)).ShouldBe(new DeliveryOutcome.Rejected(status, "event_name_blank", null, "event name must not be blank"));
    }

    [Fact]
    public async Task A_body_that_breaks_off_makes_a_success_unsure_but_not_an_error()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(200, new BrokenContent("{")).Reply(200, new BrokenContent("{")).Reply(200, new BrokenContent("{")).Reply(400, new BrokenContent("{\"meta\""));

        (await SendAsync(rig)).ShouldBe(new DeliveryOutcome.Unavailable("broken_off") { Calls = 3 });
        (await SendAsync(rig)).ShouldBeOfType<DeliveryOutcome.Rejected>().Code.ShouldBe("unknown_message");
    }

    [Fact]
    public async Task A_body_without_end_is_read_to_the_bound_only()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(400, new EndlessContent()).Reply(200, new EndlessContent()).Reply(200, new EndlessContent()).Reply(200, new EndlessContent());

        (await SendAsync(rig)).ShouldBeOfType<DeliveryOutcome.Rejected>();
        (await SendAsync(rig)).ShouldBe(new DeliveryOutcome.Unavailable("unreadable_answer", 200) { Calls = 3 });
    }

    [Fact]
    public async Task A_call_or_a_body_that_hangs_ends_at_the_deadline()
    {
        await using DeliveryRig rig = new();
        rig.Api.Hang().Reply(200, new StuckContent()).Hang();

        (await rig.RunAsync(rig.Client.SendAsync(Some.Request, Lane.Live, CancellationToken.None).AsTask(), stepMs: 1000))
            .ShouldBe(new DeliveryOutcome.Unavailable("timeout") { Calls = 3 });
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, "name_resolution")]
    [InlineData(HttpRequestError.ConnectionError, "connection")]
    [InlineData(HttpRequestError.SecureConnectionError, "tls")]
    [InlineData(HttpRequestError.ProxyTunnelError, "proxy")]
    [InlineData(HttpRequestError.ResponseEnded, "broken_off")]
    public async Task A_transport_failure_has_a_code(HttpRequestError error, string code)
    {
        await using DeliveryRig rig = new();
        rig.Api.Always((_, _) => Task.FromException<HttpResponseMessage>(new HttpRequestException(error, "to http://track.test/u%40x")));

        CodeOf(await SendAsync(rig)).ShouldBe(code);
    }

    [Fact]
    public async Task Every_call_takes_a_permit_and_a_429_halves_the_rate()
    {
        await using DeliveryRig rig = new(new DeliverySettings { RequestsPerSecond = 100 });
        rig.Api.Reply(429);

        await SendAsync(rig);

        rig.Get<RequestLimiter>().Current.ShouldBe(50, 1);
    }

    [Fact]
    public async Task Stopping_ends_the_wait_for_a_permit_but_not_a_request_on_the_wire()
    {
        await using DeliveryRig rig = new(new DeliverySettings { RequestsPerSecond = 1 });
        using CancellationTokenSource stopping = new();
        TaskCompletionSource<HttpResponseMessage> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Api.Then((_, _) => answer.Task);
        Task<DeliveryOutcome> onTheWire = rig.Client.SendAsync(Some.Request, Lane.Live, stopping.Token).AsTask();
        Task<DeliveryOutcome> waiting = rig.Client.SendAsync(Some.Request, Lane.Live, stopping.Token).AsTask();

        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        answer.SetResult(StubTrackApi.Response(200));

        (await onTheWire).ShouldBe(new DeliveryOutcome.Delivered(200));
        rig.Api.Calls.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_rotated_key_is_used_at_once()
    {
        Rotating credentials = new();
        await using DeliveryRig rig = new(customerIo: Live(CustomerIoRegion.Us), configure: services => Register(services, credentials));
        rig.Api.Always(call => call.Authorization!.EndsWith(Basic("new"), StringComparison.Ordinal)
            ? StubTrackApi.Response(200, call.IsPing ? UsRegion : "{}")
            : StubTrackApi.Response(401));

        CodeOf(await SendAsync(rig)).ShouldBe("http_401");
        (await SendAsync(rig)).ShouldBe(new DeliveryOutcome.Delivered(200));
    }

    private static void Register(Microsoft.Extensions.DependencyInjection.IServiceCollection services, ICredentialSource credentials) =>
        Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, credentials);

    private static string Basic(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"site:{key}"));

    private static CustomerIoSettings Live(CustomerIoRegion region) => new() { SiteId = "site", ApiKey = new Secret("key"), Region = region };

    private static Task<DeliveryOutcome> SendAsync(DeliveryRig rig) =>
        rig.RunAsync(rig.Client.SendAsync(Some.Request, Lane.Live, CancellationToken.None).AsTask());

    private static string? CodeOf(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Rejected rejected => rejected.Code,
        DeliveryOutcome.Misconfigured misconfigured => misconfigured.Code,
        DeliveryOutcome.Unavailable unavailable => unavailable.Code,
        _ => null,
    };

    private sealed class Rotating : ICredentialSource
    {
        private TrackApiCredentials _current = new("site", new Secret("old"));

        public ValueTask<TrackApiCredentials?> GetAsync(CancellationToken cancellationToken) => new(_current);

        public void Forget() => _current = new TrackApiCredentials("site", new Secret("new"));
    }
}
