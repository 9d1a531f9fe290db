using CustomerIoDestination.Delivery.Preparing;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// Has a run's failures written down while it waits, so that they outlive a process that ends without a release: from the tenth failed call of an event,
/// and each minute after.
/// </summary>
/// <param name="keep">Writes down; null where nobody can.</param>
/// <param name="time">Measures the minute.</param>
internal sealed class FailureKeeping(Func<ReceivedEvent, FailureHistory, Task>? keep, TimeProvider time)
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private PendingEvent? _kept;
    private long _keptAt;

    /// <summary>The run waits for this event, its oldest that has not ended.</summary>
    public Task WaitsForAsync(PendingEvent pending)
    {
        bool isKept = ReferenceEquals(pending, _kept) && time.GetElapsedTime(_keptAt) < Every;
        if (keep is null || isKept || pending.FailedCalls < RetryPolicy.UndeliverableCalls)
        {
            return Task.CompletedTask;
        }

        _kept = pending;
        _keptAt = time.GetTimestamp();
        return keep(pending.Received, pending.History);
    }
}
