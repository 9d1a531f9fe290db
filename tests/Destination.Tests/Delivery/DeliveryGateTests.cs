using CustomerIoDestination.Delivery;
using CustomerIoDestination.Queueing;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.Delivery;

public sealed class DeliveryGateTests : IDisposable
{
    private static readonly DeliveryOutcome.Delivered Delivered = new(200);
    private static readonly DeliveryOutcome.Rejected Rejected = new(400, "unknown_message", null, "HTTP 400, unknown message");

    private readonly DeliveryRig _rig = new();

    private DeliveryGate Gate => _rig.Gate;

    [Fact]
    public void Ten_failures_in_a_row_from_three_partitions_open_the_breaker()
    {
        Fail(9, partitions: 3);
        Gate.State.IsOpen.ShouldBeTrue();

        Fail(1, partitions: 3);

        Gate.State.WaitsFor.ShouldBe("breaker_open");
        Gate.State.PausedFor.ShouldBeNull();
    }

    [Fact]
    public void Failures_of_two_partitions_do_not()
    {
        Fail(100, partitions: 2);

        Gate.State.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public void Any_answer_between_begins_the_count_anew()
    {
        Fail(9, partitions: 3);
        Gate.Report(Some.Partition(1), Rejected);
        Fail(9, partitions: 3);

        Gate.State.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public void A_failed_batch_is_one_failure_however_many_it_held()
    {
        Partition[] partitions = [.. Enumerable.Range(0, 50).Select(i => Some.Partition(i))];
        for (int i = 0; i < 9; i++)
        {
            Gate.Report(partitions, new DeliveryOutcome.Unavailable("http_503", 503));
        }

        Gate.State.IsOpen.ShouldBeTrue();
        Gate.Report(partitions, new DeliveryOutcome.Unavailable("http_503", 503));
        Gate.State.IsOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task While_it_is_open_one_delivery_is_tried_each_five_seconds()
    {
        Fail(10, partitions: 3);
        List<Task> waiting = Enter(0, 1, 2, 3);

        await _rig.RunAsync(TimeSpan.FromSeconds(4));
        Through(waiting).ShouldBe(0);
        await _rig.RunAsync(TimeSpan.FromSeconds(2));
        Through(waiting).ShouldBe(1);
        Fail(1, partitions: 1);
        await _rig.RunAsync(TimeSpan.FromSeconds(3));
        Through(waiting).ShouldBe(1);
        await _rig.RunAsync(TimeSpan.FromSeconds(2));
        Through(waiting).ShouldBe(2);
    }

    [Fact]
    public async Task The_first_answer_closes_it_for_all()
    {
        Fail(10, partitions: 3);
        List<Task> waiting = Enter(0, 1, 2, 3);
        await _rig.RunAsync(TimeSpan.FromSeconds(6));

        Gate.Report(Some.Partition(), Delivered);

        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30));
        Gate.State.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_stops_waiting_is_not_tried()
    {
        Fail(10, partitions: 3);
        using CancellationTokenSource giveUp = new();
        Task first = Gate.EnterAsync(Some.Partition(0), giveUp.Token).AsTask();
        Task second = Gate.EnterAsync(Some.Partition(1), CancellationToken.None).AsTask();

        await giveUp.CancelAsync();
        await _rig.RunAsync(TimeSpan.FromSeconds(6));

        first.IsCanceled.ShouldBeTrue();
        second.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public void Fifty_rejections_in_a_row_pause_and_the_rest_is_held()
    {
        for (int i = 0; i < 49; i++)
        {
            Gate.Report(Some.Partition(i), Rejected).ShouldBe(Rejected);
        }

        Gate.Report(Some.Partition(), Rejected).ShouldBe(new DeliveryOutcome.Misconfigured("everything_rejected", 400));
        Gate.Report(Some.Partition(), Rejected).ShouldBeOfType<DeliveryOutcome.Misconfigured>();
        Gate.State.PausedFor.ShouldBe("everything_rejected");
    }

    [Fact]
    public void One_delivery_between_begins_the_count_anew()
    {
        for (int i = 0; i < 49; i++)
        {
            Gate.Report(Some.Partition(i), Rejected);
        }

        Gate.Report(Some.Partition(), Delivered);
        Gate.Report(Some.Partition(), Rejected);

        Gate.State.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task While_everything_is_rejected_one_event_a_minute_is_tried_each_of_another_partition()
    {
        RejectEverything();
        Dictionary<int, Task> waiting = new() { [1] = Gate.EnterAsync(Some.Partition(1), default).AsTask(), [2] = Gate.EnterAsync(Some.Partition(2), default).AsTask() };

        await _rig.RunAsync(TimeSpan.FromSeconds(61));
        waiting.Count(entry => entry.Value.IsCompleted).ShouldBe(1);
        int tried = waiting.Single(entry => entry.Value.IsCompleted).Key;
        Gate.Report(Some.Partition(tried), Rejected);
        Task again = Gate.EnterAsync(Some.Partition(tried), default).AsTask();
        await _rig.RunAsync(TimeSpan.FromSeconds(61));

        again.IsCompleted.ShouldBeFalse();
        waiting.Values.ShouldAllBe(task => task.IsCompleted);
    }

    [Fact]
    public async Task The_first_delivered_ends_a_pause_for_rejections_and_a_good_ping_does_not()
    {
        RejectEverything();
        List<Task> waiting = Enter(1, 2);

        Gate.Report(new PingResult.Good(CustomerIoRegion.Us, TrackApiUrl.Us, 3));
        Gate.State.PausedFor.ShouldBe("everything_rejected");
        Gate.Report(Some.Partition(), Delivered);

        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_operator_ends_a_pause_for_rejections_but_no_other()
    {
        RejectEverything();
        await _rig.Control.ResumeAsync(default);
        Gate.State.IsOpen.ShouldBeTrue();

        Gate.Report(Some.Partition(), new DeliveryOutcome.Misconfigured("wrong_url", 404));
        await _rig.Control.ResumeAsync(default);

        Gate.State.PausedFor.ShouldBe("wrong_url");
    }

    [Fact]
    public async Task A_wrong_key_holds_everything_until_a_ping_is_good()
    {
        Gate.Report(Some.Partition(), new DeliveryOutcome.Misconfigured("credentials_refused", 401));
        List<Task> waiting = Enter(1, 2);
        await _rig.RunAsync(TimeSpan.FromMinutes(10), stepMs: 30_000);
        Through(waiting).ShouldBe(0);

        Gate.Report(new PingResult.NoAnswer("timeout", null));
        Through(waiting).ShouldBe(0);
        Gate.Report(new PingResult.Good(CustomerIoRegion.Us, TrackApiUrl.Us, 3));

        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_trial_that_finds_a_wrong_key_lets_nobody_else_through()
    {
        Fail(10, partitions: 3);
        List<Task> waiting = Enter(0, 1, 2, 3);
        await _rig.RunAsync(TimeSpan.FromSeconds(6));

        Gate.Report(Some.Partition(0), new DeliveryOutcome.Misconfigured("credentials_refused", 401));
        await _rig.RunAsync(TimeSpan.FromMinutes(2), stepMs: 10_000);

        Through(waiting).ShouldBe(1);
        Gate.State.BreakerOpen.ShouldBeFalse();
        Gate.State.PausedFor.ShouldBe("credentials_refused");
    }

    [Fact]
    public void A_pause_for_rejections_outlives_a_wrong_key_and_its_good_ping()
    {
        RejectEverything();
        Gate.Report(Some.Partition(), new DeliveryOutcome.Misconfigured("credentials_refused", 401));
        Gate.State.PausedFor.ShouldBe("credentials_refused");

        Gate.Report(new PingResult.Good(CustomerIoRegion.Us, TrackApiUrl.Us, 3));

        Gate.State.PausedFor.ShouldBe("everything_rejected");
    }

    [Fact]
    public void Late_rejections_do_not_hide_a_wrong_key()
    {
        Gate.Report(Some.Partition(), new DeliveryOutcome.Misconfigured("credentials_refused", 401));
        RejectEverything();

        Gate.State.PausedFor.ShouldBe("credentials_refused");
        Gate.State.Misconfigured.ShouldNotBeNull();
    }

    [Fact]
    public void After_an_operators_resume_rejections_are_counted_anew()
    {
        RejectEverything();
        Gate.ResumeAfterRejections();

        Gate.Report(Some.Partition(), Rejected).ShouldBe(Rejected);
        Gate.State.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task While_Customer_io_asked_to_be_left_alone_nothing_is_tried()
    {
        Fail(9, partitions: 3);
        Gate.Report(Some.Partition(), new DeliveryOutcome.Unavailable("http_503", 503, TimeSpan.FromSeconds(120)));
        List<Task> waiting = Enter(0, 1);

        await _rig.RunAsync(TimeSpan.FromSeconds(118));
        Through(waiting).ShouldBe(0);
        await _rig.RunAsync(TimeSpan.FromSeconds(4));
        Through(waiting).ShouldBe(1);
    }

    [Fact]
    public async Task It_is_left_alone_for_five_minutes_at_most()
    {
        Fail(9, partitions: 3);
        Gate.Report(Some.Partition(), new DeliveryOutcome.Unavailable("http_503", 503, TimeSpan.FromDays(1)));
        List<Task> waiting = Enter(0, 1);

        await _rig.RunAsync(TimeSpan.FromSeconds(302), stepMs: 2000);

        Through(waiting).ShouldBe(1);
    }

    [Fact]
    public async Task A_trial_that_made_no_call_is_the_next_ones()
    {
        Fail(10, partitions: 3);
        List<Task> waiting = Enter(0, 1, 2);
        await _rig.RunAsync(TimeSpan.FromSeconds(6));
        Through(waiting).ShouldBe(1);

        Gate.MadeNoCall();

        await _rig.RunAsync(TimeSpan.FromMilliseconds(10), stepMs: 10);
        Through(waiting).ShouldBe(2);
    }

    [Fact]
    public async Task The_status_says_since_when_and_why_it_is_paused()
    {
        _rig.Time.Advance(TimeSpan.FromMinutes(5));
        Gate.Report(Some.Partition(), new DeliveryOutcome.Misconfigured("credentials_refused", 401));

        DeliveryStatus status = await _rig.Control.GetStatusAsync(default);

        status.State.ShouldBe(DestinationState.Paused);
        status.Since.ShouldBe(Some.Now.AddMinutes(5));
        status.Reason.ShouldBe("credentials_refused");
        status.Credentials.ShouldBe(CredentialsState.Invalid);
    }

    public void Dispose() => _rig.Dispose();

    private void Fail(int times, int partitions)
    {
        for (int i = 0; i < times; i++)
        {
            Gate.Report(Some.Partition(i % partitions), new DeliveryOutcome.Unavailable("http_503", 503));
        }
    }

    private void RejectEverything()
    {
        for (int i = 0; i < 50; i++)
        {
            Gate.Report(Some.Partition(i), Rejected);
        }
    }

    private List<Task> Enter(params int[] partitions) =>
        [.. partitions.Select(number => Gate.EnterAsync(Some.Partition(number), CancellationToken.None).AsTask())];

    private static int Through(List<Task> waiting) => waiting.Count(task => task.IsCompletedSuccessfully);
}
