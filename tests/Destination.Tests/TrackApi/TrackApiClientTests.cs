using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.TrackApi;

public sealed class TrackApiClientTests
{
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
    [InlineData("0")]
    [InlineData("Tue, 24 Nov 2026 11:00:00 GMT")]
    public async Task A_wait_of_nothing_is_a_second(string retryAfter)
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(503, retryAfter: retryAfter).Reply(503, retryAfter: retryAfter).Reply(200);
        DateTimeOffset start = rig.Time.GetUtcNow();

        (await SendAsync(rig)).ShouldBe(new DeliveryOutcome.Delivered(200) { Calls = 3 });

        (rig.Time.GetUtcNow() - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task A_refusal_is_not_repeated(int status)
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(status, """{"meta":{"error":"event name must not be blank"}}""");

        DeliveryOutcome.Rejected rejected = (await SendAsync(rig)).ShouldBeOfType<DeliveryOutcome.Rejected>();
        (rejected with { Text = default }).ShouldBe(new DeliveryOutcome.Rejected(status, "event_name_blank", null, "event name must not be blank"));
        rejected.Text.Length.ShouldBe(49, "what Customer.io wrote");
    }

    [Fact]
    public async Task A_body_that_breaks_off_makes_a_success_unsure_but_not_an_error()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(200, new BrokenContent("{")).Reply(200, new BrokenContent("{")).Reply(200, new BrokenContent("{")).Reply(400, new BrokenContent("{\"meta\""));

        (await SendAsync(rig)).ShouldBe(new DeliveryOutcome.Unavailable("broken_off") { Calls = 3 });
        (await SendAsync(rig)).ShouldBeOfType<DeliveryOutcome.Rejected>().Reason.ShouldBe("unknown_message");
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

        (await SendAsync(rig)).Reason.ShouldBe(code);
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
    public async Task A_quick_retry_given_up_while_it_waits_leaves_what_the_call_before_it_came_to()
    {
        await using DeliveryRig rig = new(new DeliverySettings { RequestsPerSecond = 1 });
        using CancellationTokenSource stopping = new();
        rig.Api.Reply(500);
        Task<DeliveryOutcome> sending = rig.Client.SendAsync(Some.Request, Lane.Live, stopping.Token).AsTask();
        await rig.RunAsync(TimeSpan.FromMilliseconds(500), stepMs: 100);

        await stopping.CancelAsync();

        (await rig.RunAsync(sending)).ShouldBe(new DeliveryOutcome.Unavailable("http_500", 500));
    }

    private static Task<DeliveryOutcome> SendAsync(DeliveryRig rig) =>
        rig.RunAsync(rig.Client.SendAsync(Some.Request, Lane.Live, CancellationToken.None).AsTask());
}
