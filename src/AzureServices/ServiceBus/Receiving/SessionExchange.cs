using CustomerIoDestination.Model;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus.Receiving;

/// <summary>
/// Brings sessions and those who wait for one of a lane together. The broker gives out the next session of whatever lane, so sessions are
/// accepted for all waiters alike; one of a lane nobody waits for is kept for a moment, or the broker would give out the same one again, and
/// then given back. With a consumer for each partition of each lane there is always somebody waiting.
/// </summary>
internal sealed partial class SessionExchange(SessionAccepting accepting, TimeProvider time, ILogger<SessionExchange> logger) : IAsyncDisposable
{
    // Each is one call to the broker that waits; enough to fill all consumers within a second.
    private const int MaxAccepting = 8;

    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ToldEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly List<Waiter> _waiters = [];
    private readonly List<SessionInHand> _kept = [];
    private readonly HashSet<Task> _tasks = [];
    private readonly CancellationTokenSource _stopping = new();
    private int _accepting;
    private int _failures;
    private long? _toldAt;
    private bool _isStopping;

    /// <summary>Waits for a session of the lane. First come, first served.</summary>
    public async Task<SessionInHand> TakeAsync(Lane lane, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter = new(lane);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            if (_kept.Find(session => session.Received.Envelope.Lane == lane) is { } kept)
            {
                _kept.Remove(kept);
                return kept;
            }

            _waiters.Add(waiter);
            if (_accepting < Math.Min(MaxAccepting, _waiters.Count))
            {
                _accepting++;
                Track(AcceptAsync);
            }
        }

        await using (cancellationToken.UnsafeRegister(_ => Withdraw(waiter, cancellationToken), null))
        {
            return await waiter.Session.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isStopping = true;
            _waiters.ForEach(waiter => waiter.Session.TrySetCanceled(_stopping.Token));
            _waiters.Clear();
        }

        await _stopping.CancelAsync();
        while (Tasks() is { Length: > 0 } tasks)
        {
            await Task.WhenAll(tasks);
        }

        _stopping.Dispose();
    }

    // An accept that ends now may leave a session to give back.
    private Task[] Tasks()
    {
        lock (_gate)
        {
            return [.. _tasks.Where(task => !task.IsCompleted)];
        }
    }

    private void Withdraw(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _waiters.Remove(waiter);
            waiter.Session.TrySetCanceled(cancellationToken);
        }
    }

    private async Task AcceptAsync()
    {
        while (IsNeeded())
        {
            try
            {
                if (await accepting.AcceptAsync(_stopping.Token) is { } session)
                {
                    Hand(session);
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // Seen by IsNeeded.
            }
#pragma warning disable CA1031 // Receiving must outlive any trouble of the broker.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Tell(exception);
                await Task.Delay(PauseAfterFailure, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Each accept fails each second while the broker is away.
    private void Tell(Exception exception)
    {
        lock (_gate)
        {
            _failures++;
            if (_toldAt is { } told && time.GetElapsedTime(told) < ToldEvery)
            {
                return;
            }

            _toldAt = time.GetTimestamp();
            Log.AcceptFailed(logger, exception.GetType().Name, _failures);
            _failures = 0;
        }
    }

    private bool IsNeeded()
    {
        lock (_gate)
        {
            bool isNeeded = !_isStopping && _accepting <= _waiters.Count;
            _accepting -= isNeeded ? 0 : 1;
            return isNeeded;
        }
    }

    private void Hand(SessionInHand session)
    {
        lock (_gate)
        {
            int index = _waiters.FindIndex(waiter => waiter.Lane == session.Received.Envelope.Lane);
            if (index >= 0)
            {
                Waiter waiter = _waiters[index];
                _waiters.RemoveAt(index);
                waiter.Session.SetResult(session);
                return;
            }

            _kept.Add(session);
            Track(() => KeepAsync(session));
        }
    }

    private async Task KeepAsync(SessionInHand session)
    {
        await Task.Delay(KeptFor, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        bool isKept;
        lock (_gate)
        {
            isKept = _kept.Remove(session);
        }

        if (isKept)
        {
            await session.DisposeAsync();
        }
    }

    /// <summary>Starts something that disposing waits for. Call with the gate held.</summary>
    private void Track(Func<Task> start)
    {
        Task task = Task.Run(start, CancellationToken.None);
        _tasks.Add(task);
        _ = task.ContinueWith(
            ended =>
            {
                lock (_gate)
                {
                    _tasks.Remove(ended);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private sealed class Waiter(Lane lane)
    {
        public Lane Lane => lane;

        public TaskCompletionSource<SessionInHand> Session { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "No session could be accepted ({ExceptionType}); it is tried again, and told once a minute ({Failures} failures since).")]
        public static partial void AcceptFailed(ILogger logger, string exceptionType, int failures);
    }
}
