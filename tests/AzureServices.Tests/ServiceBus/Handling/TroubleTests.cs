using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Model;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

/// <summary>Trouble that lasts: with the broker, with a settlement, with the session's lock.</summary>
public sealed class TroubleTests : MessageHandlerTests
{
    [Theory]
    [InlineData("get-state")]
    [InlineData("complete")]
    public async Task A_session_in_trouble_is_kept_longer_each_time_and_a_success_begins_anew(string step)
    {
        (await PausesAsync(step, times: 6)).ShouldBe([5, 10, 20, 40, 60, 60]);

        await HandleAsync();

        (await PausesAsync(step, times: 2)).ShouldBe([5, 10]);
    }

    [Fact]
    public async Task The_trouble_of_one_session_makes_no_other_wait()
    {
        await PausesAsync("get-state", times: 3);
        Settled.Failures["get-state"] = new ServiceBusException("busy", ServiceBusFailureReason.ServiceBusy);

        (await SecondsAsync(() => HandleAsync(Some.Envelope(2, new Partition(Lane.Live, 8))))).ShouldBe(5);
    }

    [Theory]
    [InlineData(1, 0, 5)]
    [InlineData(1, 0.5, 4.5)]
    [InlineData(2, 0, 10)]
    [InlineData(4, 1, 32)]
    [InlineData(5, 0, 60)]
    [InlineData(100, 0, 60)]
    [InlineData(100, 1, 48)]
    public void A_pause_doubles_up_to_a_minute_and_chance_takes_up_to_a_fifth_of_it(int troubles, double chance, double seconds) =>
        SessionPauses.LengthOf(troubles, chance).TotalSeconds.ShouldBe(seconds, 0.001);

    [Theory]
    [InlineData("complete")]
    [InlineData("dead-letter")]
    public async Task An_event_that_could_not_be_settled_is_settled_when_it_comes_again_and_not_sent_again(string step)
    {
        Decision = step == "complete" ? Settlement.Complete.Delivered : Some.DeadLetter();
        await PausesAsync(step, times: 3);

        await HandleAsync();

        Delivered.ShouldHaveSingleItem();
        Settled.Steps.ShouldBe([step == "complete" ? "complete" : "dead-letter limit_exceeded"]);
        Log.Entries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Another_event_of_a_session_whose_last_one_could_not_be_settled_is_delivered()
    {
        await PausesAsync("complete", times: 1);

        await HandleAsync(Some.Envelope(2));
        await HandleAsync(Some.Envelope(1));

        Delivered.Select(received => received.Envelope.EventId).ShouldBe([Some.Envelope(1).EventId, Some.Envelope(2).EventId, Some.Envelope(1).EventId]);
    }

    [Fact]
    public async Task An_event_whose_session_is_lost_while_it_waits_is_left_to_whoever_has_the_session_now()
    {
        Decision = new Settlement.Release("http_503", new FailureHistory(3, Some.Now));
        Waits = static lost => Task.Delay(Timeout.InfiniteTimeSpan, lost).ContinueWith(static _ => { }, TaskScheduler.Default);
        Settled.Failures["renew"] = new ServiceBusException("lost", ServiceBusFailureReason.SessionLockLost);

        await Task.Run(async () =>
        {
            Task handling = HandleAsync();

            // To the first renewal, by which the broker says so.
            Pass(seconds: 20);
            await handling;
        });

        Settled.Steps.ShouldBe(["release"], "no state is written for a session somebody else may have");
        Log.Entries.ShouldBeEmpty();
        InHand.Of(Lane.Live).ShouldBe(0);
    }

    [Fact]
    public async Task A_lock_that_can_not_be_renewed_is_lost_when_its_minute_is_over()
    {
        Decision = new Settlement.Release("http_503", FailureHistory.None);
        Waits = static lost => Task.Delay(Timeout.InfiniteTimeSpan, lost).ContinueWith(static _ => { }, TaskScheduler.Default);
        Settled.Failures["renew"] = new InvalidOperationException("gRPC tells nothing else");

        await Task.Run(async () =>
        {
            Task handling = HandleAsync();
            Pass(seconds: 59);
            handling.IsCompleted.ShouldBeFalse();
            Pass(seconds: 1);
            await handling;
        });

        Settled.Steps.ShouldBe(["release"]);
    }

    [Fact]
    public async Task A_lock_that_is_renewed_lets_an_event_wait_for_as_long_as_it_takes()
    {
        Waits = _ => Task.Delay(TimeSpan.FromMinutes(9), Time, CancellationToken.None);

        (await SecondsAsync(() => HandleAsync())).ShouldBe(540, 1);

        Settled.Steps.ShouldBe(["complete"]);
    }

    [Fact]
    public async Task An_event_delivered_as_its_session_was_lost_is_settled_when_it_comes_again()
    {
        Takes = TimeSpan.FromMinutes(2);
        Settled.Failures["renew"] = Settled.Failures["complete"] = new ServiceBusException("lost", ServiceBusFailureReason.SessionLockLost);
        await SecondsAsync(() => HandleAsync());
        Settled.Failures.Clear();

        await HandleAsync();

        Delivered.ShouldHaveSingleItem();
        Settled.Steps.ShouldBe(["complete", "release", "complete"]);
    }

    // Nothing is thrown, so the platform sees a function that went well: the alert goes by this count.
    [Theory]
    [InlineData("get-state", "state")]
    [InlineData("complete", "settlement")]
    public async Task Trouble_while_the_session_is_held_counts_as_a_failed_function(string step, string told)
    {
        using MetricCollector<long> failed = new(Meters, DestinationTracing.Name, "destination.functions.failed");
        await PausesAsync(step, times: 2);

        failed.GetMeasurementSnapshot().Select(measurement => (measurement.Tags["function"], measurement.Tags["step"], measurement.Value))
            .ShouldBe([("DeliverEvent", told, 1), ("DeliverEvent", told, 1)]);
    }

    [Fact]
    public async Task A_session_that_somebody_else_has_by_now_is_no_failed_function()
    {
        Takes = TimeSpan.FromMinutes(2);
        Settled.Failures["renew"] = Settled.Failures["complete"] = new ServiceBusException("lost", ServiceBusFailureReason.SessionLockLost);
        using MetricCollector<long> failed = new(Meters, DestinationTracing.Name, "destination.functions.failed");

        await SecondsAsync(() => HandleAsync());

        failed.GetMeasurementSnapshot().ShouldBeEmpty();
    }

    private void Pass(int seconds)
    {
        for (int second = 0; second < seconds; second++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private async Task<double[]> PausesAsync(string step, int times)
    {
        Settled.Failures[step] = new ServiceBusException("busy", ServiceBusFailureReason.ServiceBusy);
        List<double> pauses = [];
        for (int i = 0; i < times; i++)
        {
            Settled.Forget();
            pauses.Add(await SecondsAsync(() => HandleAsync()));
        }

        Settled.Failures.Clear();
        Settled.Forget();
        return [.. pauses];
    }
}
