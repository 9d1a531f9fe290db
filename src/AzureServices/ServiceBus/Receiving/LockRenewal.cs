using Azure.Messaging.ServiceBus;

namespace CustomerIoDestination.AzureServices.ServiceBus.Receiving;

/// <summary>Keeps a session's lock until disposed of, and tells when it is lost all the same.</summary>
internal sealed class LockRenewal : IAsyncDisposable
{
    // A third of the queue's lock duration of a minute; a lock that ends sooner, as the broker says, is renewed sooner.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    private readonly ServiceBusSessionReceiver _session;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _renewing;

    public LockRenewal(ServiceBusSessionReceiver session, TimeProvider time)
    {
        _session = session;
        _time = time;
        _renewing = RenewAsync();
    }

    /// <summary>Cancelled when the lock is lost.</summary>
    public CancellationToken Lost => _lost.Token;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewing;
        _stop.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync()
    {
        TimeSpan pause = PauseUntilHalf();
        while (true)
        {
            await Task.Delay(pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await _session.RenewSessionLockAsync(_stop.Token);
                pause = PauseUntilHalf();
            }
            catch (Exception failure) when (failure is ServiceBusException { Reason: ServiceBusFailureReason.SessionLockLost } or ObjectDisposedException)
            {
                await _lost.CancelAsync();
                return;
            }
            catch (Exception failure) when (failure is ServiceBusException or OperationCanceledException)
            {
                pause = ShortestPause;
            }
        }
    }

    // The end of the lock is told by the broker's clock: a wrong clock here makes for a few renewals more, never for too few.
    private TimeSpan PauseUntilHalf()
    {
        TimeSpan half = (_session.SessionLockedUntil - _time.GetUtcNow()) / 2;
        return half < ShortestPause ? ShortestPause : half > LongestPause ? LongestPause : half;
    }
}
