using CustomerIoDestination.Model;
using CustomerIoDestination.Pacing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.TrackApi;

/// <summary>Whose turn a permit is, and what the limiter tells of those who wait.</summary>
public sealed class PermitQueueTests
{
    [Fact]
    public void While_an_import_waits_it_gets_one_permit_in_five()
    {
        PermitQueue queue = new();
        TaskCompletionSource[] live = Add(queue, Lane.Live, 12);
        TaskCompletionSource[] import = Add(queue, Lane.Import, 3);

        int[] importAfter = [.. Enumerable.Range(0, 10).Select(_ =>
        {
            queue.TryGrant().ShouldBeTrue();
            return import.Count(waiter => waiter.Task.IsCompleted);
        })];

        importAfter.ShouldBe([0, 0, 0, 0, 1, 1, 1, 1, 1, 2]);
        live.Count(waiter => waiter.Task.IsCompleted).ShouldBe(8);
    }

    [Fact]
    public void What_live_got_while_no_import_waited_does_not_count()
    {
        PermitQueue queue = new();
        Add(queue, Lane.Live, 20);
        for (int i = 0; i < 8; i++)
        {
            queue.TryGrant();
        }

        TaskCompletionSource import = Add(queue, Lane.Import, 1)[0];
        for (int i = 0; i < 4; i++)
        {
            queue.TryGrant();
            import.Task.IsCompleted.ShouldBeFalse();
        }

        queue.TryGrant();
        import.Task.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Who_gave_up_is_not_counted_and_gets_nothing()
    {
        PermitQueue queue = new();
        TaskCompletionSource[] live = Add(queue, Lane.Live, 3);
        TaskCompletionSource[] import = Add(queue, Lane.Import, 2);
        queue.Count.ShouldBe(5);
        live[0].SetCanceled();
        import[1].SetCanceled();

        queue.Count.ShouldBe(3);
        queue.TryGrant();
        live[1].Task.IsCompletedSuccessfully.ShouldBeTrue();
        queue.CancelAll();

        (queue.IsEmpty, queue.Count, queue.TryGrant()).ShouldBe((true, 0, false));
        (live[2].Task.IsCanceled, import[0].Task.IsCanceled).ShouldBe((true, true));
    }

    [Fact]
    public async Task The_limiter_tells_how_many_wait_and_how_many_permits_it_gave()
    {
        FakeTimeProvider time = new();
        Told told = new();
        using RequestLimiter limiter = new(told, time);
        limiter.AcquireAsync(Lane.Live, CancellationToken.None).AsTask().IsCompletedSuccessfully.ShouldBeTrue();
        (limiter.Granted, limiter.Waiting, told.Asked, told.StillWaits).ShouldBe((1, 0, 1, 0));

        Task second = limiter.AcquireAsync(Lane.Import, CancellationToken.None).AsTask();
        Task third = limiter.AcquireAsync(Lane.Live, CancellationToken.None).AsTask();
        (limiter.Granted, limiter.Waiting, told.Asked, told.StillWaits).ShouldBe((1, 2, 3, 2));
        limiter.Current.ShouldBe(1);

        time.Advance(TimeSpan.FromMinutes(1));
        await third.WaitAsync(TimeSpan.FromMinutes(1));
        limiter.Granted.ShouldBeGreaterThanOrEqualTo(2);
        limiter.Dispose();
        await Should.ThrowAsync<OperationCanceledException>(limiter.AcquireAsync(Lane.Live, CancellationToken.None).AsTask());
        await Task.WhenAny(second, Task.Delay(TimeSpan.FromMinutes(1)));
        second.IsCompleted.ShouldBeTrue();
    }

    private static TaskCompletionSource[] Add(PermitQueue queue, Lane lane, int count)
    {
        TaskCompletionSource[] waiters = [.. Enumerable.Range(0, count).Select(_ => new TaskCompletionSource())];
        Array.ForEach(waiters, waiter => queue.Add(lane, waiter));
        return waiters;
    }

    private sealed class Told : IRateShare
    {
        public int Asked { get; private set; }

        public int StillWaits { get; private set; }

        public double? RequestsPerSecond => 1;

        public void Ask() => Asked++;

        public void StillWaiting(int requests) => StillWaits = requests;
    }
}
