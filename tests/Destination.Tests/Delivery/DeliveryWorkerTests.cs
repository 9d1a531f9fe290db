using CustomerIoDestination.Delivery;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomerIoDestination.Tests.Delivery;

public sealed class DeliveryWorkerTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly StubQueue _queue = new();

    [Fact]
    public async Task Runs_are_delivered_and_settled_in_order()
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(_ => StubTrackApi.Response(200));
        using DeliveryWorker worker = Worker(rig);
        StubQueue.StubLease one = _queue.Add(Some.Track(1), Some.Track(2), Some.Track(3));
        StubQueue.StubLease two = _queue.Add(Some.Track(11, partition: 8), Some.Track(12, partition: 8));

        await worker.StartAsync(default);
        await Task.WhenAll(one.Disposed, two.Disposed).WaitAsync(Long);

        _queue.Settled.Select(pair => pair.Number).Where(number => number < 10).ShouldBe([1, 2, 3]);
        _queue.Settled.Select(pair => pair.Number).Where(number => number > 10).ShouldBe([11, 12]);
        await rig.RunAsync(worker.StopAsync(default));
    }

    [Fact]
    public async Task The_next_event_of_a_run_does_not_wait_for_the_settlement_of_the_one_before_but_the_lease_does()
    {
        await using DeliveryRig rig = new();
        TaskCompletionSource durable = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource third = new(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Api.Reply(200).Reply(200).Then((_, _) =>
        {
            third.SetResult();
            return Task.FromResult(StubTrackApi.Response(200));
        });
        _queue.OnSettle = _ => durable.Task;
        using DeliveryWorker worker = Worker(rig);
        StubQueue.StubLease lease = _queue.Add(Some.Track(1), Some.Track(2), Some.Track(3));

        await worker.StartAsync(default);
        await third.Task.WaitAsync(Long);
        await Clock.SettleAsync();
        lease.Disposed.IsCompleted.ShouldBeFalse();
        durable.SetResult();

        await lease.Disposed.WaitAsync(Long);
        await rig.RunAsync(worker.StopAsync(default));
    }

    [Fact]
    public async Task Stopping_finishes_the_request_on_the_wire_settles_it_and_gives_the_rest_back()
    {
        await using DeliveryRig rig = new();
        TaskCompletionSource onTheWire = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<HttpResponseMessage> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Api.Then((_, _) =>
        {
            onTheWire.SetResult();
            return answer.Task;
        });
        using DeliveryWorker worker = Worker(rig);
        StubQueue.StubLease lease = _queue.Add(Some.Track(1), Some.Track(2), Some.Track(3));
        await worker.StartAsync(default);
        await onTheWire.Task.WaitAsync(Long);

        Task stopped = worker.StopAsync(default);
        answer.SetResult(StubTrackApi.Response(200));
        await stopped.WaitAsync(Long);

        await lease.Disposed.WaitAsync(Long);
        _queue.Settled.Select(pair => (pair.Number, pair.Attempt.Outcome)).ShouldBe([(1, AttemptOutcome.Delivered), (2, AttemptOutcome.Released)]);
    }

    [Fact]
    public async Task A_lost_lease_ends_the_waits_of_its_run()
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(_ => StubTrackApi.Response(503));
        using DeliveryWorker worker = Worker(rig);
        StubQueue.StubLease lease = _queue.Add(Some.Track(1), Some.Track(2));
        await worker.StartAsync(default);
        await rig.RunAsync(TimeSpan.FromSeconds(2), stepMs: 200);

        lease.Lose();

        await rig.RunAsync(lease.Disposed);
        _queue.Settled.ShouldHaveSingleItem().Attempt.Outcome.ShouldBe(AttemptOutcome.Released);
        await rig.RunAsync(worker.StopAsync(default));
    }

    [Fact]
    public async Task A_consumer_outlives_a_settlement_that_fails()
    {
        await using DeliveryRig rig = new(new DeliverySettings { RequestsPerSecond = 1000, LivePartitions = 1 });
        rig.Api.Always(_ => StubTrackApi.Response(200));
        _queue.OnSettle = received => received.SequenceNumber == 1 ? Task.FromException(new IOException("disk full")) : Task.CompletedTask;
        using DeliveryWorker worker = Worker(rig, new DeliverySettings { LivePartitions = 1 });
        _queue.Add(Some.Track(1));
        StubQueue.StubLease second = _queue.Add(Some.Track(2));

        await worker.StartAsync(default);

        await rig.RunAsync(second.Disposed);
        await rig.RunAsync(worker.StopAsync(default));
    }

    [Fact]
    public async Task A_stuck_partition_does_not_delay_another()
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(call => StubTrackApi.Response(call.Path.Contains("stuck", StringComparison.Ordinal) ? 503 : 200));
        using DeliveryWorker worker = Worker(rig);
        _queue.Add(Some.Track(1, partition: 1, userId: "stuck"));
        StubQueue.StubLease other = _queue.Add(Some.Track(2, partition: 2));

        await worker.StartAsync(default);

        await other.Disposed.WaitAsync(Long);
        await rig.RunAsync(worker.StopAsync(default));
    }

    [Theory]
    [InlineData(DeliveryMode.Batch, 500)]
    [InlineData(DeliveryMode.Single, 64)]
    public async Task Idle_consumers_take_nothing_from_the_runs_of_busy_ones(DeliveryMode mode, int run)
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(_ => StubTrackApi.Response(200));
        using DeliveryWorker worker = Worker(rig, new DeliverySettings { Mode = mode, BatchItems = 500, LivePartitions = 64, ImportPartitions = 1 });

        await worker.StartAsync(default);
        for (int i = 0; i < 20; i++)
        {
            await rig.RunAsync(_queue.Add(Some.Track(i + 1)).Disposed);
        }

        _queue.Asked.Count.ShouldBeGreaterThanOrEqualTo(85);
        _queue.Asked.ShouldAllBe(asked => asked == run);
        await rig.RunAsync(worker.StopAsync(default));
    }

    [Fact]
    public async Task Switched_off_nothing_is_received()
    {
        await using DeliveryRig rig = new();
        using DeliveryWorker worker = Worker(rig, new DeliverySettings { Enabled = false });
        StubQueue.StubLease lease = _queue.Add(Some.Track(1));

        await worker.StartAsync(default);
        await Clock.SettleAsync();

        lease.Disposed.IsCompleted.ShouldBeFalse();
        rig.Api.Calls.ShouldBeEmpty();
        await rig.RunAsync(worker.StopAsync(default));
    }

    private DeliveryWorker Worker(DeliveryRig rig, DeliverySettings? settings = null) =>
        new(_queue, rig.Handler, settings ?? new DeliverySettings { LivePartitions = 4, ImportPartitions = 1 }, rig.Time, NullLogger<DeliveryWorker>.Instance);
}
