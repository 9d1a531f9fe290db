using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>The gate while the destination is paused, for its configuration or for rejections.</summary>
public sealed class GatePauseTests : GateTests
{
    [Fact]
    public void Fifty_rejections_in_a_row_pause_and_the_rest_is_held()
    {
        for (int i = 0; i < 49; i++)
        {
            Gate.Judge(Some.Partition(i), Rejected).ShouldBe(Rejected);
        }

        Gate.Judge(Some.Partition(), Rejected).ShouldBe(new DeliveryOutcome.Misconfigured("everything_rejected", 400));
        Gate.Judge(Some.Partition(), Rejected).ShouldBeOfType<DeliveryOutcome.Misconfigured>();
        Gate.State.PausedFor.ShouldBe("everything_rejected");
    }

    [Fact]
    public void One_delivery_between_begins_the_count_anew()
    {
        for (int i = 0; i < 49; i++)
        {
            Gate.Judge(Some.Partition(i), Rejected);
        }

        Gate.Judge(Some.Partition(), Delivered);
        Gate.Judge(Some.Partition(), Rejected);

        Gate.State.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task While_everything_is_rejected_one_event_a_minute_is_tried_each_of_another_partition()
    {
        RejectEverything();
        Dictionary<int, Task> waiting = new() { [1] = Gate.EnterAsync(Some.Partition(1), default).AsTask(), [2] = Gate.EnterAsync(Some.Partition(2), default).AsTask() };

        await Rig.RunAsync(TimeSpan.FromSeconds(61));
        waiting.Count(entry => entry.Value.IsCompleted).ShouldBe(1);
        int tried = waiting.Single(entry => entry.Value.IsCompleted).Key;
        Gate.Judge(Some.Partition(tried), Rejected);
        Task again = Gate.EnterAsync(Some.Partition(tried), default).AsTask();
        await Rig.RunAsync(TimeSpan.FromSeconds(61));

        again.IsCompleted.ShouldBeFalse();
        waiting.Values.ShouldAllBe(task => task.IsCompleted);
    }

    [Fact]
    public async Task The_first_delivered_ends_a_pause_for_rejections_and_a_good_ping_does_not()
    {
        RejectEverything();
        List<Task> waiting = Enter(1, 2);

        Gate.JudgePing(new PingResult.Good(CustomerIoRegion.Us, TrackApiUrl.Us, 3));
        Gate.State.PausedFor.ShouldBe("everything_rejected");
        Gate.Judge(Some.Partition(), Delivered);

        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_operator_ends_a_pause_for_rejections_but_no_other()
    {
        RejectEverything();
        await Rig.Control.ResumeAsync(default);
        Gate.State.IsOpen.ShouldBeTrue();

        Gate.Judge(Some.Partition(), new DeliveryOutcome.Misconfigured("wrong_url", 404));
        await Rig.Control.ResumeAsync(default);

        Gate.State.PausedFor.ShouldBe("wrong_url");
    }

    [Fact]
    public async Task A_wrong_key_holds_everything_until_a_ping_is_good()
    {
        Gate.Judge(Some.Partition(), new DeliveryOutcome.Misconfigured("credentials_refused", 401));
        List<Task> waiting = Enter(1, 2);
        await Rig.RunAsync(TimeSpan.FromMinutes(10), stepMs: 30_000);
        Through(waiting).ShouldBe(0);

        Gate.JudgePing(new PingResult.NoAnswer("timeout", null));
        Through(waiting).ShouldBe(0);
        Gate.JudgePing(new PingResult.Good(CustomerIoRegion.Us, TrackApiUrl.Us, 3));

        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_pause_for_rejections_outlives_a_wrong_key_and_its_good_ping()
    {
        RejectEverything();
        Gate.Judge(Some.Partition(), new DeliveryOutcome.Misconfigured("credentials_refused", 401));
        Gate.State.PausedFor.ShouldBe("credentials_refused");

        Gate.JudgePing(new PingResult.Good(CustomerIoRegion.Us, TrackApiUrl.Us, 3));

        Gate.State.PausedFor.ShouldBe("everything_rejected");
    }

    [Fact]
    public void Late_rejections_do_not_hide_a_wrong_key()
    {
        Gate.Judge(Some.Partition(), new DeliveryOutcome.Misconfigured("credentials_refused", 401));
        RejectEverything();

        Gate.State.PausedFor.ShouldBe("credentials_refused");
        Gate.State.Misconfigured.ShouldNotBeNull();
    }

    [Fact]
    public void After_an_operators_resume_rejections_are_counted_anew()
    {
        RejectEverything();
        Gate.ResumeAfterRejections();

        Gate.Judge(Some.Partition(), Rejected).ShouldBe(Rejected);
        Gate.State.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task The_status_says_since_when_and_why_it_is_paused()
    {
        Rig.Time.Advance(TimeSpan.FromMinutes(5));
        Gate.Judge(Some.Partition(), new DeliveryOutcome.Misconfigured("credentials_refused", 401));

        DeliveryStatus status = await Rig.Control.GetStatusAsync(default);

        status.State.ShouldBe(DestinationState.Paused);
        status.Since.ShouldBe(Some.Now.AddMinutes(5));
        status.Reason.ShouldBe("credentials_refused");
        status.Credentials.ShouldBe(CredentialsState.Invalid);
    }
}
