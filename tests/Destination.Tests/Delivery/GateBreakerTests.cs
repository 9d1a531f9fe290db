using CustomerIoDestination.Model;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>The gate while Customer.io is down: what opens the breaker, who is tried, and what closes it.</summary>
public sealed class GateBreakerTests : GateTests
{
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
        Gate.Judge(Some.Partition(1), Rejected);
        Fail(9, partitions: 3);

        Gate.State.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public void A_failed_batch_is_one_failure_however_many_it_held()
    {
        Partition[] partitions = [.. Enumerable.Range(0, 50).Select(i => Some.Partition(i))];
        for (int i = 0; i < 9; i++)
        {
            Gate.Judge(partitions, new DeliveryOutcome.Unavailable("http_503", 503));
        }

        Gate.State.IsOpen.ShouldBeTrue();
        Gate.Judge(partitions, new DeliveryOutcome.Unavailable("http_503", 503));
        Gate.State.IsOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task While_it_is_open_one_delivery_is_tried_each_five_seconds()
    {
        Fail(10, partitions: 3);
        List<Task> waiting = Enter(0, 1, 2, 3);

        await Rig.RunAsync(TimeSpan.FromSeconds(4));
        Through(waiting).ShouldBe(0);
        await Rig.RunAsync(TimeSpan.FromSeconds(2));
        Through(waiting).ShouldBe(1);
        Fail(1, partitions: 1);
        await Rig.RunAsync(TimeSpan.FromSeconds(3));
        Through(waiting).ShouldBe(1);
        await Rig.RunAsync(TimeSpan.FromSeconds(2));
        Through(waiting).ShouldBe(2);
    }

    [Fact]
    public async Task The_first_answer_closes_it_for_all()
    {
        Fail(10, partitions: 3);
        List<Task> waiting = Enter(0, 1, 2, 3);
        await Rig.RunAsync(TimeSpan.FromSeconds(6));

        Gate.Judge(Some.Partition(), Delivered);

        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30));
        Gate.State.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task A_delivery_that_stopped_waiting_is_not_tried()
    {
        Fail(10, partitions: 3);
        using CancellationTokenSource giveUp = new();
        Task first = Gate.EnterAsync(Some.Partition(0), giveUp.Token).AsTask();
        Task second = Gate.EnterAsync(Some.Partition(1), CancellationToken.None).AsTask();

        await giveUp.CancelAsync();
        await Rig.RunAsync(TimeSpan.FromSeconds(6));

        first.IsCanceled.ShouldBeTrue();
        second.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task A_trial_that_finds_a_wrong_key_lets_nobody_else_through()
    {
        Fail(10, partitions: 3);
        List<Task> waiting = Enter(0, 1, 2, 3);
        await Rig.RunAsync(TimeSpan.FromSeconds(6));

        Gate.Judge(Some.Partition(0), new DeliveryOutcome.Misconfigured("credentials_refused", 401));
        await Rig.RunAsync(TimeSpan.FromMinutes(2), stepMs: 10_000);

        Through(waiting).ShouldBe(1);
        Gate.State.BreakerOpen.ShouldBeFalse();
        Gate.State.PausedFor.ShouldBe("credentials_refused");
    }

    [Fact]
    public async Task While_Customer_io_asked_to_be_left_alone_nothing_is_tried()
    {
        Fail(9, partitions: 3);
        Gate.Judge(Some.Partition(), new DeliveryOutcome.Unavailable("http_503", 503, TimeSpan.FromSeconds(120)));
        List<Task> waiting = Enter(0, 1);

        await Rig.RunAsync(TimeSpan.FromSeconds(118));
        Through(waiting).ShouldBe(0);
        await Rig.RunAsync(TimeSpan.FromSeconds(4));
        Through(waiting).ShouldBe(1);
    }

    [Fact]
    public async Task Customer_io_is_left_alone_for_five_minutes_at_most()
    {
        Fail(9, partitions: 3);
        Gate.Judge(Some.Partition(), new DeliveryOutcome.Unavailable("http_503", 503, TimeSpan.FromDays(1)));
        List<Task> waiting = Enter(0, 1);

        await Rig.RunAsync(TimeSpan.FromSeconds(302), stepMs: 2000);

        Through(waiting).ShouldBe(1);
    }

    [Fact]
    public async Task A_trial_that_made_no_call_is_the_next_ones()
    {
        Fail(10, partitions: 3);
        List<Task> waiting = Enter(0, 1, 2);
        await Rig.RunAsync(TimeSpan.FromSeconds(6));
        Through(waiting).ShouldBe(1);

        Gate.MadeNoCall();

        await Rig.RunAsync(TimeSpan.FromMilliseconds(10), stepMs: 10);
        Through(waiting).ShouldBe(2);
    }
}
