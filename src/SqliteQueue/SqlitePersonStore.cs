using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.SqliteQueue.Writing;

namespace CustomerIoDestination.SqliteQueue;

/// <summary>What is remembered of people, in the queue's file: at most a million rows of claims, of which the ones that would go first go beyond that.</summary>
public sealed class SqlitePersonStore(QueueFile file) : IPersonStore
{
    /// <summary>The most rows before claims go that were due later.</summary>
    public const long MostRows = 1_000_000;

    private const int RowsPerCommit = 1_000;

    // Once something was there it counts as there until the next start.
    private volatile bool _wasLookedAt;
    private volatile bool _hasSomething;

    /// <inheritdoc/>
    public async ValueTask<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        if (!_wasLookedAt && !_hasSomething)
        {
            _hasSomething |= await ReadAsync(static tables => tables.People.Any(), cancellationToken);
            _wasLookedAt = true;
        }

        return !_hasSomething;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PersonRow>> ReadAsync(IReadOnlyCollection<PersonKey> keys, CancellationToken cancellationToken) =>
        await ReadAsync(tables => keys.SelectMany(tables.People.Read).ToList(), cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PersonRow>> ReadDevicesAsync(PersonKey person, CancellationToken cancellationToken) =>
        await ReadAsync(tables => tables.People.ReadDevices(person), cancellationToken);

    /// <inheritdoc/>
    public Task<PersonRow?> AddAsync(PersonRow row, CancellationToken cancellationToken)
    {
        _hasSomething |= row.IsOfSomebody;
        return WriteAsync(session => session.People.Add(row), cancellationToken);
    }

    /// <inheritdoc/>
    public Task PutAsync(IReadOnlyCollection<PersonRow> rows, CancellationToken cancellationToken) => PutAsync(rows, mustLast: false, cancellationToken);

    /// <inheritdoc/>
    public Task PromiseAsync(IReadOnlyCollection<PersonRow> rows, CancellationToken cancellationToken) => PutAsync(rows, mustLast: true, cancellationToken);

    private Task<int> PutAsync(IReadOnlyCollection<PersonRow> rows, bool mustLast, CancellationToken cancellationToken)
    {
        _hasSomething |= rows.Any(row => row.IsOfSomebody);
        return WriteAsync(
            session =>
            {
                foreach (PersonRow row in rows)
                {
                    session.People.Put(row);
                }

                return rows.Count;
            },
            cancellationToken,
            mustLast);
    }

    /// <inheritdoc/>
    public Task RemoveAsync(IReadOnlyCollection<PersonRow> rows, CancellationToken cancellationToken) => WriteAsync(
        session =>
        {
            foreach (PersonRow row in rows)
            {
                session.People.Delete(row.Key, row.Kind, row.Other);
            }

            return rows.Count;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<int> PurgeAsync(DateTimeOffset now, IReadOnlyCollection<PersonRowKind> unwanted, CancellationToken cancellationToken)
    {
        int removed = await RepeatAsync(session => session.People.DeleteExpired(now, RowsPerCommit), cancellationToken);
        foreach (PersonRowKind kind in unwanted)
        {
            removed += await RepeatAsync(session => session.People.DeleteOfKind(kind, RowsPerCommit), cancellationToken);
        }

        return removed + await RepeatAsync(static session => session.People.DeleteOverBound(MostRows, RowsPerCommit), cancellationToken);
    }

    private async Task<int> RepeatAsync(Func<WriteSession, int> delete, CancellationToken cancellationToken)
    {
        int removed = 0;
        int some = RowsPerCommit;
        while (some == RowsPerCommit && !cancellationToken.IsCancellationRequested)
        {
            some = await WriteAsync(delete, cancellationToken);
            removed += some;
        }

        return removed;
    }

    private Task<T> ReadAsync<T>(Func<TableSet, T> read, CancellationToken cancellationToken) =>
        file.ToldAsync(Backend.Storage, async () => await file.ReadAsync(read, cancellationToken));

    private Task<T> WriteAsync<T>(Func<WriteSession, T> write, CancellationToken cancellationToken, bool mustLast = false) =>
        file.ToldAsync(Backend.Storage, () => file.Writer.WriteAsync(new WriteWork<T>(write, mustLast: mustLast)).WaitAsync(cancellationToken));
}
