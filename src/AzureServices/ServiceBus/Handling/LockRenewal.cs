using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus.Handling;

/// <summary>
/// Keeps a session's lock while an event of it is delivered, and tells when it is lost all the same: when the broker says so, or when the time it last
/// granted has run out here, because from then on somebody else may have the session. The processor renews the lock too, but in Functions it runs in
/// another process, and nothing it learns of the lock reaches this one.
/// </summary>
internal sealed partial class LockRenewal : IDisposable
{
    // A third of the queue's lock duration of a minute; a lock that ends sooner, as the broker says, is renewed sooner.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    // The lock duration as the queue is deployed, whatever a wrong clock makes of the end the broker told; and what a clock that is ahead leaves to renew in.
    private static readonly TimeSpan LongestLock = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestLock = TimeSpan.FromSeconds(10);

    private readonly IMessageSettlement _session;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _lost;

    public LockRenewal(IMessageSettlement session, TimeProvider time, ILogger logger)
    {
        _session = session;
        _time = time;
        _logger = logger;
        _lost = new CancellationTokenSource(Granted(TimeSpan.Zero), time);
        Lost = _lost.Token;
        _ = RenewAsync();
    }

    /// <summary>Cancelled when the lock is lost.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Ends the renewing; one that is under way ends by itself.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task RenewAsync()
    {
        using CancellationTokenSource lost = _lost;
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, lost.Token);
        TimeSpan pause = PauseUntilHalf();
        string failure = "none";
        while (true)
        {
            await Task.Delay(pause, _time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            if (_lost.IsCancellationRequested)
            {
                Log.Lost(_logger, failure);
                return;
            }

            try
            {
                long asked = _time.GetTimestamp();
                await _session.RenewSessionLockAsync(end.Token);
                _lost.CancelAfter(Granted(_time.GetElapsedTime(asked)));
                pause = PauseUntilHalf();
            }
            catch (Exception told) when (told is ServiceBusException { Reason: ServiceBusFailureReason.SessionLockLost } or ObjectDisposedException)
            {
                failure = told.GetType().Name;
                await _lost.CancelAsync();
            }
#pragma warning disable CA1031 // Whatever keeps a renewal from working may pass before the lock ends; if it does not, the end of the lock is told.
            catch (Exception other)
#pragma warning restore CA1031
            {
                failure = other.GetType().Name;
                pause = ShortestPause;
            }
        }
    }

    /// <summary>How much of the lock there is yet.</summary>
    /// <param name="since">How long ago it was asked for.</param>
    private TimeSpan Granted(TimeSpan since)
    {
        TimeSpan longest = LongestLock - since;
        TimeSpan told = Told();
        TimeSpan granted = told < longest ? told : longest;
        return granted > ShortestLock ? granted : ShortestLock;
    }

    // The end of the lock is told by the broker's clock: a wrong clock here makes for a few renewals more, never for too few.
    private TimeSpan PauseUntilHalf()
    {
        TimeSpan half = Told() / 2;
        return half < ShortestPause ? ShortestPause : half > LongestPause ? LongestPause : half;
    }

    private TimeSpan Told() => _session.SessionLockedUntil - _time.GetUtcNow();

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A session's lock was lost: what is not settled comes again. Last failure to renew it: {ExceptionType}.")]
        public static partial void Lost(ILogger logger, string exceptionType);
    }
}
