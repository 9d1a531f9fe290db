using CustomerIoDestination.Limits;
using CustomerIoDestination.Queueing;

namespace CustomerIoDestination.Delivery;

/// <summary>The batches of one lane. Thread-safe.</summary>
internal sealed class BatchLine : IDisposable
{
    /// <summary>The most batches at a time: enough to keep a distant region busy, few enough that batches grow when the rate is the bound.</summary>
    public const int MaxOnTheWire = 8;

    /// <summary>The longest an event waits for others.</summary>
    public static readonly TimeSpan FlushAfter = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly LinkedList<Entry> _waiting = new();
    private readonly Lane _lane;
    private readonly BatchSending _sending;
    private readonly DeliveryGate _gate;
    private readonly int _maxItems;
    private readonly ITimer _timer;
    private int _items;
    private int _bytes;
    private int _onTheWire;
    private bool _isDue;

    public BatchLine(Lane lane, BatchSending sending, DeliveryGate gate, int maxItems, TimeProvider time)
    {
        _lane = lane;
        _sending = sending;
        _gate = gate;
        _maxItems = maxItems;
        _timer = time.CreateTimer(static state => ((BatchLine)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sends a group. When the task ends every event of it has its outcome.</summary>
    public async Task SendAsync(BatchGroup group, CancellationToken stopping)
    {
        TaskCompletionSource sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Entry entry = new(group, sent, stopping);
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _timer.Change(FlushAfter, Timeout.InfiniteTimeSpan);
            }

            _waiting.AddLast(entry);
            _items += group.Events.Count;
            _bytes += group.Bytes;
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
            if (_waiting.Find(entry) is { } node)
            {
                Remove(node);
                entry.Sent.TrySetCanceled(entry.Stopping);
            }
        }
    }

    private void Flush()
    {
        HoldIfClosed();
        while (_waiting.Count > 0 && _onTheWire < MaxOnTheWire && (_isDue || IsFull()))
        {
            _onTheWire++;
            List<Entry> batch = Take();
            _ = Task.Run(() => SendAsync(batch));
        }

        _isDue &= _waiting.Count > 0;
    }

    // They entered while the gate was open; those let through since are trials.
    private void HoldIfClosed()
    {
        if (_gate.State is not { IsOpen: false } closed)
        {
            return;
        }

        foreach (Entry entry in _waiting.Where(static entry => !entry.Group.IsTrial).ToList())
        {
            Remove(_waiting.Find(entry)!);
            BatchSending.Hold(entry.Group.Events, closed);
            entry.Sent.TrySetResult();
        }
    }

    private bool IsFull() =>
        _items >= _maxItems || _bytes + BatchBody.FrameBytes >= TrackApiLimits.BatchBytes || _waiting.First!.Value.Group.TravelsAlone;

    private List<Entry> Take()
    {
        List<Entry> batch = [];
        int items = 0;
        int bytes = BatchBody.FrameBytes;
        while (_waiting.First is { Value.Group: { } group } node && (batch.Count == 0 || Fits(group)))
        {
            batch.Add(node.Value);
            items += group.Events.Count;
            bytes += group.Bytes;
            Remove(node);
        }

        return batch;

        bool Fits(BatchGroup group) => !group.TravelsAlone && !batch[0].Group.TravelsAlone
            && items + group.Events.Count <= _maxItems && bytes + group.Bytes <= TrackApiLimits.BatchBytes;
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _waiting.Remove(node);
        _items -= node.Value.Group.Events.Count;
        _bytes -= node.Value.Group.Bytes;
    }

    private async Task SendAsync(List<Entry> batch)
    {
        // Given up only when everybody in it gave up.
        using CancellationTokenSource abandoned = new();
        int interested = batch.Count;
        List<CancellationTokenRegistration> registrations = batch.ConvertAll(entry => entry.Stopping.UnsafeRegister(_ => Leave(), null));
        try
        {
            await _sending.SendAsync([.. batch.SelectMany(static entry => entry.Group.Events)], _lane, abandoned.Token);
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

    private sealed record Entry(BatchGroup Group, TaskCompletionSource Sent, CancellationToken Stopping);
}
