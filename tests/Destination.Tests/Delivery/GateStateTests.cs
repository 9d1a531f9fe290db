using System.Diagnostics.Metrics;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>What the gate knows, part by part: why it is closed and since when, what opens the breaker, whose turn a trial is, and what is told.</summary>
public sealed class GateStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private static readonly GateState Open = new() { OpenSince = Start, OpenedAt = 0 };

    [Fact]
    public void Misconfiguration_goes_before_rejections_and_these_before_an_outage()
    {
        GateState breaker = Open with { BreakerOpen = true };
        GateState rejections = breaker.With(MisconfiguredCodes.EverythingRejected, Start.AddMinutes(1));
        GateState all = rejections.With("credentials", Start.AddMinutes(2));

        Open.ShouldSatisfyAllConditions(
            () => Open.PausedFor.ShouldBeNull(),
            () => Open.WaitsFor.ShouldBeNull(),
            () => Open.Since.ShouldBe(Start),
            () => Open.TrialEvery.ShouldBeNull(),
            () => breaker.PausedFor.ShouldBeNull(),
            () => breaker.WaitsFor.ShouldBe("breaker_open"),
            () => breaker.Since.ShouldBe(Start),
            () => breaker.TrialEvery.ShouldBe(TimeSpan.FromSeconds(5)),
            () => rejections.WaitsFor.ShouldBe(MisconfiguredCodes.EverythingRejected),
            () => rejections.Since.ShouldBe(Start.AddMinutes(1)),
            () => rejections.TrialEvery.ShouldBe(TimeSpan.FromMinutes(1)),
            () => all.PausedFor.ShouldBe("credentials"),
            () => all.WaitsFor.ShouldBe("credentials"),
            () => all.Since.ShouldBe(Start.AddMinutes(2)),
            () => all.TrialEvery.ShouldBeNull());
    }

    [Fact]
    public void A_pause_that_is_told_again_goes_on_and_another_one_begins_anew()
    {
        GateState paused = Open.With("credentials", Start).With(MisconfiguredCodes.EverythingRejected, Start);

        paused.With("credentials", Start.AddMinutes(1)).Misconfigured!.Since.ShouldBe(Start);
        paused.With(MisconfiguredCodes.EverythingRejected, Start.AddMinutes(1)).Rejections!.Since.ShouldBe(Start);
        paused.With("region", Start.AddMinutes(1)).Misconfigured.ShouldBe(new Pause("region", Start.AddMinutes(1)));
    }

    [Fact]
    public void The_breaker_opens_once_and_an_answer_forgets_failures_and_partitions()
    {
        Breaker breaker = new();
        for (int i = 0; i < Breaker.Failures - 1; i++)
        {
            breaker.Failed([Some.Partition(i % 3)]).ShouldBeFalse();
        }

        breaker.Failed([Some.Partition(0)]).ShouldBeTrue();
        breaker.Failed([Some.Partition(0)]).ShouldBeFalse();
        breaker.IsOpen.ShouldBeTrue();
        breaker.Answered().ShouldBeTrue();
        breaker.Answered().ShouldBeFalse();
        for (int i = 0; i < 2 * Breaker.Failures; i++)
        {
            breaker.Failed([Some.Partition(i % 2)]).ShouldBeFalse();
        }

        breaker.Failed([Some.Partition(2)]).ShouldBeTrue();
    }

    [Fact]
    public void Pauses_and_outages_are_logged_and_counted_when_they_begin_and_logged_when_they_end()
    {
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        IMeterFactory meters = services.GetRequiredService<IMeterFactory>();
        using MetricCollector<long> pauses = new(meters, DestinationTracing.Name, "destination.pauses");
        using MetricCollector<long> opened = new(meters, DestinationTracing.Name, "destination.breaker.opened");
        FakeLogger<DeliveryGate> logger = new();
        GateNotices notices = new(new DestinationMetrics(meters), logger);

        notices.PauseChanged(null, null);
        notices.PauseChanged(null, "credentials");
        notices.PauseChanged("credentials", "credentials");
        notices.PauseChanged("credentials", "region");
        notices.PauseChanged("region", null);
        notices.BreakerOpened("http_503");
        notices.BreakerClosed();

        logger.Collector.GetSnapshot().Select(record => (record.Level, record.Message)).ShouldBe(
        [
            (LogLevel.Error, "The destination paused: credentials. Everything is held."),
            (LogLevel.Error, "The destination paused: region. Everything is held."),
            (LogLevel.Information, "The destination resumed after region."),
            (LogLevel.Warning, "Customer.io is unavailable (http_503); deliveries wait, one is tried each 5 s."),
            (LogLevel.Information, "Customer.io answers again; deliveries go on."),
        ]);
        pauses.GetMeasurementSnapshot().Count.ShouldBe(2);
        opened.GetMeasurementSnapshot().Count.ShouldBe(1);
    }

    [Fact]
    public void A_trial_is_due_after_its_interval_but_not_before_Customer_io_asked_for()
    {
        FakeTimeProvider time = new();
        int calls = 0;
        using TrialClock clock = new(time, () => calls++);
        time.Advance(TimeSpan.FromSeconds(100));

        clock.After(TimeSpan.FromSeconds(5));
        clock.Left.ShouldBe(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(2));
        clock.Left.ShouldBe(TimeSpan.FromSeconds(3));
        clock.IsDue.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(3));
        (clock.Left, clock.IsDue, calls).ShouldBe((TimeSpan.Zero, true, 1));
        time.Advance(TimeSpan.FromSeconds(1));
        clock.Left.ShouldBe(TimeSpan.Zero);
        clock.Arm();
        time.Advance(TimeSpan.FromMilliseconds(1));
        calls.ShouldBe(2);

        clock.NotWithin(TimeSpan.FromSeconds(30));
        clock.After(TimeSpan.FromSeconds(5));
        clock.Left.ShouldBe(TimeSpan.FromSeconds(30));
        clock.Answered();
        clock.After(TimeSpan.FromSeconds(5));
        clock.Left.ShouldBe(TimeSpan.FromSeconds(5));
        clock.Again();
        clock.IsDue.ShouldBeTrue();
    }

    [Fact]
    public void Whose_partition_was_tried_least_recently_goes_first_and_who_gave_up_is_passed_over()
    {
        GateQueue queue = new();
        TaskCompletionSource[] waiters = [.. Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource())];
        queue.IsEmpty.ShouldBeTrue();
        queue.Try(Some.Partition(0));
        foreach ((int partition, TaskCompletionSource waiter) in new[] { (0, waiters[0]), (1, waiters[1]), (2, waiters[2]), (1, waiters[3]) })
        {
            queue.Add(Some.Partition(partition), waiter);
        }

        queue.TryLetOne().ShouldBeTrue();
        waiters[1].Task.IsCompleted.ShouldBeTrue();
        queue.TryLetOne().ShouldBeTrue();
        waiters[2].Task.IsCompleted.ShouldBeTrue();
        queue.TryLetOne().ShouldBeTrue();
        waiters[0].Task.IsCompleted.ShouldBeTrue();
        waiters[3].SetCanceled();
        queue.IsEmpty.ShouldBeTrue();
        queue.TryLetOne().ShouldBeFalse();
    }

    [Fact]
    public void Letting_all_through_forgets_who_was_tried()
    {
        GateQueue queue = new();
        TaskCompletionSource all = new();
        queue.Try(Some.Partition(0));
        queue.Add(Some.Partition(0), all);

        queue.LetAll();

        all.Task.IsCompletedSuccessfully.ShouldBeTrue();
        queue.TryLetOne().ShouldBeFalse();
        (TaskCompletionSource first, TaskCompletionSource second) = (new(), new());
        queue.Add(Some.Partition(0), first);
        queue.Add(Some.Partition(1), second);
        queue.TryLetOne().ShouldBeTrue();
        first.Task.IsCompleted.ShouldBeTrue();
        second.Task.IsCompleted.ShouldBeFalse();
    }
}
