using CustomerIoDestination.Delivery.Batching;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>The places on the wire that batches have: how many there are, who gets one, and who gives one up.</summary>
public sealed class BatchPlacesTests
{
    private static readonly DeliverySettings Batch = Batches.Settings;

    [Fact]
    public async Task Eight_batches_are_on_the_wire_at_a_time_and_the_next_goes_when_one_ends()
    {
        await using DeliveryRig rig = new(Batch with { BatchItems = 1 });
        HeldCalls held = new(rig);
        Task<DeliveryAttempt[]> all = Task.WhenAll(Enumerable.Range(1, 10).Select(i => rig.Handler.DeliverAsync(Some.Track(i, partition: i), default)));
        await rig.RunAsync(TimeSpan.FromSeconds(1), stepMs: 50);
        held.Count.ShouldBe(BatchLine.MaxOnTheWire);

        held.Release(1);
        await rig.RunAsync(TimeSpan.FromSeconds(1), stepMs: 50);
        held.Count.ShouldBe(BatchLine.MaxOnTheWire);
        rig.Api.Calls.Count.ShouldBe(BatchLine.MaxOnTheWire + 1);

        held.ReleaseAll();
        (await rig.RunAsync(all, stepMs: 50)).ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
    }

    [Fact]
    public async Task Of_groups_that_failed_once_four_are_on_the_wire_and_of_those_that_failed_again_two()
    {
        const int Groups = 6;
        await using DeliveryRig rig = new(Batch with { HoldBudget = TimeSpan.FromMinutes(4) });

        // The batch that all share, and its two quick repeats.
        rig.Api.Reply(503).Reply(503).Reply(503);
        HeldCalls held = new(rig);
        Task<DeliveryAttempt[]> all = Task.WhenAll(Enumerable.Range(1, Groups).Select(i => rig.Handler.DeliverAsync(Some.Track(i, partition: i), default)));
        await UntilAsync(rig, () => held.Count > 0);
        await rig.RunAsync(TimeSpan.FromSeconds(1), stepMs: 50);
        held.Count.ShouldBe(4);

        // All fail again, each alone.
        held.Status = 503;
        held.ReleaseAll();
        await UntilAsync(rig, () => held.Count == 0 && rig.Api.Calls.Count == 3 + Groups);
        held.Hold();
        held.Status = 200;
        await UntilAsync(rig, () => held.Count > 0);
        await rig.RunAsync(TimeSpan.FromSeconds(3), stepMs: 50);
        held.Count.ShouldBe(2);

        held.ReleaseAll();
        (await rig.RunAsync(all, stepMs: 250)).ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
    }

    [Fact]
    public async Task A_batch_that_waits_for_a_permit_is_given_up_when_everybody_in_it_gave_up()
    {
        await using DeliveryRig rig = new(Batch with { BatchItems = 2, RequestsPerSecond = 1 });
        rig.Api.Always(_ => StubTrackApi.Response(200));
        using CancellationTokenSource first = new();
        using CancellationTokenSource second = new();

        // It takes the permit of this second, and the clock stands still after it.
        await Batches.DeliverAsync(rig, 2, stepMs: 10);
        Task<DeliveryAttempt> one = rig.Handler.DeliverAsync(Some.Track(1, partition: 1), first.Token);
        Task<DeliveryAttempt> two = rig.Handler.DeliverAsync(Some.Track(2, partition: 2), second.Token);
        await Clock.SettleAsync();

        await first.CancelAsync();
        await Clock.SettleAsync();
        one.IsCompleted.ShouldBeFalse();
        await second.CancelAsync();

        (await one.WaitAsync(TimeSpan.FromSeconds(30))).Reason.ShouldBe("stopping");
        (await two.WaitAsync(TimeSpan.FromSeconds(30))).Reason.ShouldBe("stopping");
        rig.Api.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_lanes_share_no_batch()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Always(_ => StubTrackApi.Response(200));
        ReceivedEvent live = Some.Track(1);
        ReceivedEvent imported = Some.Track(2);
        imported = imported with { Envelope = imported.Envelope with { Partition = new Partition(Lane.Import, imported.Envelope.Partition.Number) } };

        await rig.RunAsync(Task.WhenAll(rig.Handler.DeliverAsync(live, default), rig.Handler.DeliverAsync(imported, default)), stepMs: 10);

        rig.Api.Calls.Select(call => Batches.Numbers(call).ShouldHaveSingleItem()).Order().ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_batch_whose_sending_breaks_is_tried_again()
    {
        FailingCredentials credentials = new();
        await using DeliveryRig rig = new(Batch, configure: services => services.AddSingleton<ICredentialSource>(credentials));
        rig.Api.Always(_ => StubTrackApi.Response(200));

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, 3);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
        rig.Logs.GetSnapshot().ShouldContain(record => record.Message.Contains(nameof(FormatException), StringComparison.Ordinal));
    }

    [Fact]
    public void Disposing_ends_the_timer_of_each_lane()
    {
        CountingTime time = new();

        new BatchSender(null!, null!, Batch, time).Dispose();

        (time.Begun, time.Ended).ShouldBe((2, 2));
    }

    private static async Task UntilAsync(DeliveryRig rig, Func<bool> isSo)
    {
        for (int step = 0; step < 2_000 && !isSo(); step++)
        {
            await rig.RunAsync(TimeSpan.FromMilliseconds(50), stepMs: 50);
        }

        isSo().ShouldBeTrue();
    }

    /// <summary>Calls that get no answer until they are released.</summary>
    private sealed class HeldCalls
    {
        private readonly Lock _lock = new();
        private readonly List<TaskCompletionSource> _waiting = [];
        private bool _isHolding = true;

        public HeldCalls(DeliveryRig rig) => rig.Api.Always(async (_, token) =>
        {
            TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock)
            {
                if (!_isHolding)
                {
                    return StubTrackApi.Response(Status);
                }

                _waiting.Add(released);
            }

            await released.Task.WaitAsync(token);
            return StubTrackApi.Response(Status);
        });

        public int Status { get; set; } = 200;

        public int Count
        {
            get
            {
                lock (_lock)
                {
                    return _waiting.Count;
                }
            }
        }

        public void Hold()
        {
            lock (_lock)
            {
                _isHolding = true;
            }
        }

        public void Release(int count)
        {
            lock (_lock)
            {
                _waiting.Take(count).ToList().ForEach(released => released.SetResult());
                _waiting.RemoveRange(0, count);
            }
        }

        public void ReleaseAll()
        {
            lock (_lock)
            {
                _isHolding = false;
                Release(_waiting.Count);
            }
        }
    }

    private sealed class FailingCredentials : ICredentialSource
    {
        private int _failures = 1;

        public ValueTask<TrackApiCredentials?> GetAsync(CancellationToken cancellationToken) => Interlocked.Decrement(ref _failures) >= 0
            ? throw new FormatException("no number")
            : ValueTask.FromResult<TrackApiCredentials?>(new TrackApiCredentials("site", new Secret("key")));

        public void Forget()
        {
        }
    }

    private sealed class CountingTime : FakeTimeProvider
    {
        public int Begun { get; private set; }

        public int Ended { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Begun++;
            return new CountedTimer(this);
        }

        private sealed class CountedTimer(CountingTime time) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => time.Ended++;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
