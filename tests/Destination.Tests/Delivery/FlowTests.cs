using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>What the status says of whether events flow, while they are delivered.</summary>
public sealed class FlowTests
{
    [Theory]
    [InlineData(503, "http_503")]
    [InlineData(429, "rate_limited")]
    [InlineData(500, "http_500")]
    public async Task An_outage_met_by_one_partition_is_unavailable_after_30_seconds_with_the_last_calls_reason(int status, string reason)
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(_ => StubTrackApi.Response(status));
        Task<DeliveryAttempt> delivery = rig.Handler.DeliverAsync(Some.Track(), default);

        await rig.RunAsync(TimeSpan.FromSeconds(29), stepMs: 500);
        (await StatusAsync(rig)).State.ShouldBe(DestinationState.Delivering);
        await rig.RunAsync(TimeSpan.FromSeconds(2), stepMs: 500);

        DeliveryStatus now = await StatusAsync(rig);
        (now.State, now.Reason, now.Failing, now.Since).ShouldBe((DestinationState.Unavailable, reason, 1, Some.Now));
        now.LastAnswerAt.ShouldNotBeNull().ShouldBeGreaterThan(Some.Now);
        now.NextTryAt.ShouldNotBeNull().ShouldBeGreaterThan(rig.Time.GetUtcNow());
        now.Counts.Retried.ShouldBe(rig.Api.Calls.Count);
        rig.Api.Always(_ => StubTrackApi.Response(200));
        await rig.RunAsync(delivery, stepMs: 1_000);
        now = await StatusAsync(rig);
        (now.State, now.Reason, now.Failing, now.NextTryAt).ShouldBe((DestinationState.Delivering, null, 0, null));
        now.Since.ShouldBeGreaterThan(Some.Now.AddSeconds(30));
    }

    [Fact]
    public async Task An_outage_that_opens_the_breaker_is_unavailable_at_once()
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(_ => StubTrackApi.Response(503));
        Task[] deliveries = [.. Enumerable.Range(1, 5).Select(i => rig.Handler.DeliverAsync(Some.Track(i, partition: i), default))];

        await rig.RunAsync(TimeSpan.FromSeconds(10), stepMs: 100);

        DeliveryStatus now = await StatusAsync(rig);
        rig.Api.Always(_ => StubTrackApi.Response(200));
        await rig.RunAsync(Task.WhenAll(deliveries), stepMs: 1_000);
        (now.State, now.Reason).ShouldBe((DestinationState.Unavailable, "http_503"));
        now.NextTryAt.ShouldNotBeNull();
        now = await StatusAsync(rig);
        now.State.ShouldBe(DestinationState.Delivering);
        now.Since.ShouldBeGreaterThanOrEqualTo(Some.Now.AddSeconds(10));
    }

    [Fact]
    public async Task One_event_that_fails_alone_while_others_are_delivered_leaves_it_delivering_with_one_failing()
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(call => StubTrackApi.Response(call.Path.Contains("poison", StringComparison.Ordinal) ? 500 : 200));
        using CancellationTokenSource stopping = new();
        Task<DeliveryAttempt> poison = rig.Handler.DeliverAsync(Some.Track(userId: "poison"), stopping.Token);
        for (int i = 0; i < 4; i++)
        {
            await rig.RunAsync(TimeSpan.FromSeconds(15), stepMs: 500);
            await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(10 + i, partition: 8), default));
        }

        DeliveryStatus now = await StatusAsync(rig);

        (now.State, now.Reason, now.Failing).ShouldBe((DestinationState.Delivering, null, 1));
        poison.IsCompleted.ShouldBeFalse();
        await stopping.CancelAsync();
        await rig.RunAsync(poison);
    }

    [Fact]
    public async Task A_pause_comes_before_unavailable()
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(_ => StubTrackApi.Response(503));
        using CancellationTokenSource stopping = new();
        Task<DeliveryAttempt> delivery = rig.Handler.DeliverAsync(Some.Track(), stopping.Token);
        await rig.RunAsync(TimeSpan.FromSeconds(40), stepMs: 500);

        rig.Gate.Judge(Some.Partition(9), new DeliveryOutcome.Misconfigured("credentials_refused", 401));

        DeliveryStatus now = await StatusAsync(rig);
        (now.State, now.Reason).ShouldBe((DestinationState.Paused, "credentials_refused"));
        await stopping.CancelAsync();
        await rig.RunAsync(delivery);
    }

    [Fact]
    public async Task The_last_failure_of_an_event_is_told_while_it_waits_and_not_after()
    {
        await using DeliveryRig rig = new(new DeliverySettings { RequestsPerSecond = 1_000 });
        rig.Api.Reply(503, retryAfter: "8").Reply(200);
        ReceivedEvent received = Some.Track();
        Task<DeliveryAttempt> delivery = rig.Handler.DeliverAsync(received, default);
        await Clock.SettleAsync();

        rig.Control.FindFailing(received.Envelope.EventId).ShouldBe(new FailingEvent(Some.Now, "http_503", 503, 1, Some.Now.AddSeconds(8)));
        await rig.RunAsync(delivery, stepMs: 1_000);

        rig.Control.FindFailing(received.Envelope.EventId).ShouldBeNull();
    }

    [Theory]
    [InlineData(DeliveryMode.Single)]
    [InlineData(DeliveryMode.Batch)]
    public async Task A_call_that_fails_and_is_made_again_inside_a_try_counts_and_is_told_as_it_fails(DeliveryMode mode)
    {
        await using DeliveryRig rig = new(new DeliverySettings { RequestsPerSecond = 1_000, Mode = mode });
        rig.Api.Reply(429, retryAfter: "2").Reply(429, retryAfter: "2").Reply(200);
        ReceivedEvent received = Some.Track();
        Task<DeliveryAttempt> delivery = rig.Handler.DeliverAsync(received, default);
        await rig.RunAsync(TimeSpan.FromSeconds(1), stepMs: 50);

        DeliveryStatus now = await StatusAsync(rig);

        rig.Api.Calls.Count.ShouldBe(1);
        (now.Counts.Retried, now.Failing).ShouldBe((1, 1));
        now.NextTryAt.ShouldNotBeNull().ShouldBeInRange(Some.Now.AddSeconds(2), Some.Now.AddSeconds(2.1));
        FailingEvent failing = rig.Control.FindFailing(received.Envelope.EventId).ShouldNotBeNull();
        (failing.Code, failing.HttpStatus, failing.Attempts).ShouldBe(("http_429", 429, 1));
        (await rig.RunAsync(delivery, stepMs: 100)).Attempts.ShouldBe(3);
        now = await StatusAsync(rig);
        (now.Counts.Retried, now.Failing, now.NextTryAt).ShouldBe((2, 0, null));
    }

    [Fact]
    public async Task Who_waits_for_a_permit_after_a_429_inside_a_try_waits_for_customer_io()
    {
        await using DeliveryRig rig = new(new DeliverySettings { RequestsPerSecond = 1 });
        rig.Api.Always(_ => Throttled());
        using CancellationTokenSource stopping = new();
        Task[] deliveries = [.. Enumerable.Range(1, 64).Select(i => rig.Handler.DeliverAsync(Some.Track(i, partition: i % 64), stopping.Token))];

        await rig.RunAsync(TimeSpan.FromSeconds(31), stepMs: 500);

        DeliveryStatus now = await StatusAsync(rig);
        (now.State, now.Reason).ShouldBe((DestinationState.Unavailable, "rate_limited"));
        await stopping.CancelAsync();
        await rig.RunAsync(Task.WhenAll(deliveries));
    }

    [Fact]
    public async Task Events_of_a_run_that_is_given_back_fail_here_no_more()
    {
        await using DeliveryRig rig = new(Batches.Settings);
        rig.Api.Always(_ => StubTrackApi.Response(503));
        using CancellationTokenSource stopping = new();
        Task run = rig.Handler.DeliverRunAsync([Some.Track(1), Some.Track(2), Some.Track(3)], (_, _) => { }, stopping.Token);
        await rig.RunAsync(TimeSpan.FromSeconds(1), stepMs: 50);
        (await StatusAsync(rig)).Failing.ShouldBe(3);

        await stopping.CancelAsync();
        await rig.RunAsync(run);

        (await StatusAsync(rig)).Failing.ShouldBe(0);
    }

    private static HttpResponseMessage Throttled()
    {
        HttpResponseMessage response = StubTrackApi.Response(429);
        response.Headers.TryAddWithoutValidation("Retry-After", "2");
        return response;
    }

    private static Task<DeliveryStatus> StatusAsync(DeliveryRig rig) => rig.Control.GetStatusAsync(default);
}
