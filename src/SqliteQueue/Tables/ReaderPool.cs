using System.Collections.Concurrent;
using CustomerIoDestination.SqliteQueue.Storage;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>A few reading connections that callers share. A read takes microseconds to milliseconds and runs on the caller's thread.</summary>
internal sealed class ReaderPool : IDisposable
{
    private readonly ConcurrentBag<TableSet> _idle = [];
    private readonly SemaphoreSlim _free;
    private volatile bool _closed;

    public ReaderPool(string path, int size)
    {
        _free = new SemaphoreSlim(size);
        for (int count = 0; count < size; count++)
        {
            _idle.Add(new TableSet(Database.OpenForReading(path)));
        }
    }

    public async ValueTask<T> ReadAsync<T>(Func<TableSet, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            return Read(read);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Reads without waiting for a turn; for the start, when nobody else reads.</summary>
    public T Read<T>(Func<TableSet, T> read)
    {
        ObjectDisposedException.ThrowIf(!_idle.TryTake(out TableSet? reader), this);
        try
        {
            return read(reader);
        }
        finally
        {
            _idle.Add(reader);
            if (_closed)
            {
                Dispose();
            }
        }
    }

    /// <summary>Closes the readers, one in use when it is given back. Who reads later gets <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out TableSet? reader))
        {
            reader.Dispose();
        }
    }
}
