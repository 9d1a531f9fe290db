using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Delivery.Sending;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using Entry = CustomerIoDestination.Delivery.Batching.BatchWaiting.Entry;

namespace CustomerIoDestination.Delivery.Batching;

/// <summary>The batches of one lane. Thread-safe.</summary>
internal sealed class BatchLine : IDisposable
{
    /// <summary>The most batches at a time: enough to keep a distant region busy, few enough that batches grow when the rate is the bound.</summary>
    public const int MaxOnTheWire = 8;

    // Of those, the most for groups that failed: the others stay free for who has no trouble.
    private const int MaxAlone = 4;

    // Of those in turn, the most for groups that failed more than once: a call that hangs holds its place until its timeout.
    private const int MaxHopeless = 2;

    /// <summary>The longest an event waits for others.</summary>
    public static readonly TimeSpan FlushAfter = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly BatchWaiting _waiting;
    private readonly Lane _lane;
    private readonly BatchSending _sending;
    private readonly DeliveryGate _gate;
    private readonly ITimer _timer;
    private int _onTheWire;
    private int _alone;
    private bool _isDue;

    public BatchLine(Lane lane, BatchSending sending, DeliveryGate gate, int maxItems, TimeProvider time)
    {
        _lane = lane;
        _sending = sending;
        _gate = gate;
        _waiting = new BatchWaiting(maxItems);
        _timer = time.CreateTimer(static state => ((BatchLine)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sends a shipment. When the task ends every event of it has its outcome.</summary>
    public async Task SendAsync(Shipment shipment, CancellationToken stopping)
    {
        TaskCompletionSource sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Entry entry = new(shipment, sent, stopping);
        lock (_lock)
        {
            if (!_waiting.AnySharing)
            {
                _timer.Change(FlushAfter, Timeout.InfiniteTimeSpan);
            }

            _waiting.Add(entry);
            Flush();
        }

        await using CancellationTokenRegistration registration = stopping.UnsafeRegister(_ => Withdraw(entry), null);
        await sent.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        lock (_lock)
        {
            _isDue = true;
            Flush();
        }
    }

    private void Withdraw(Entry entry)
    {
        lock (_lock)
        {
            if (_waiting.Remove(entry))
            {
                entry.Sent.TrySetCanceled(entry.Stopping);
            }
        }
    }

    private void Flush()
    {
        HoldIfClosed();
        while (_onTheWire < MaxOnTheWire && Take() is { } batch)
        {
            bool isAlone = batch[0].Shipment.TravelsAlone;
            _onTheWire++;
            _alone += isAlone ? 1 : 0;
            _ = Task.Run(() => SendAsync(batch, isAlone));
        }

        _isDue &= _waiting.AnySharing;
    }

    // They entered while the gate was open; those let through since are trials.
    private void HoldIfClosed()
    {
        if (_gate.State is not { IsOpen: false } closed)
        {
            return;
        }

        foreach (Entry entry in _waiting.TakeNoTrials())
        {
            BatchSending.Hold(entry.Shipment.Events, closed);
            entry.Sent.TrySetResult();
        }
    }

    private List<Entry>? Take()
    {
        if (_waiting.NextAlone is { } next && _alone < (next.Shipment.Failures > 1 ? MaxHopeless : MaxAlone))
        {
            _waiting.Remove(next);
            return [next];
        }

        return _waiting.AnySharing && (_isDue || _waiting.IsFull) ? _waiting.TakeSharing() : null;
    }

    private async Task SendAsync(List<Entry> batch, bool isAlone)
    {
        // Given up only when everybody in it gave up.
        using CancellationTokenSource abandoned = new();
        int interested = batch.Count;
        List<CancellationTokenRegistration> registrations = batch.ConvertAll(entry => entry.Stopping.UnsafeRegister(_ => Leave(), null));
        try
        {
            await _sending.SendAsync([.. batch.SelectMany(static entry => entry.Shipment.Events)], _lane, isAlone, abandoned.Token);
            batch.ForEach(static entry => entry.Sent.TrySetResult());
        }
        catch (OperationCanceledException)
        {
            batch.ForEach(static entry => entry.Sent.TrySetCanceled(entry.Stopping));
        }
#pragma warning disable CA1031 // Those who wait get whatever it was.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            batch.ForEach(entry => entry.Sent.TrySetException(exception));
        }
        finally
        {
            // Unregister waits for a callback that runs, so nothing cancels the disposed source.
            registrations.ForEach(static registration => registration.Dispose());
            lock (_lock)
            {
                _onTheWire--;
                _alone -= isAlone ? 1 : 0;
                Flush();
            }
        }

        void Leave()
        {
            if (Interlocked.Decrement(ref interested) == 0)
            {
                abandoned.Cancel();
            }
        }
    }
}

/// <summary>
/// Gathers the events of many partitions into batches, a line for each lane. A batch goes when it is full or its oldest event waited
/// <see cref="BatchLine.FlushAfter"/>, and one of the few places on the wire is free; while none is, batches grow. Thread-safe.
/// </summary>
internal sealed class BatchSender : IEventSender, IDisposable
{
    private readonly BatchLine _live;
    private readonly BatchLine _import;

    public BatchSender(BatchSending sending, DeliveryGate gate, DeliverySettings settings, TimeProvider time)
    {
        _live = new BatchLine(Lane.Live, sending, gate, settings.BatchItems, time);
        _import = new BatchLine(Lane.Import, sending, gate, settings.BatchItems, time);
    }

    /// <inheritdoc/>
    public Task SendAsync(Shipment shipment, CancellationToken cancellationToken) =>
        (shipment.Lane == Lane.Live ? _live : _import).SendAsync(shipment, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _live.Dispose();
        _import.Dispose();
    }
}
