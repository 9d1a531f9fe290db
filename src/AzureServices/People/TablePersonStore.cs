using System.Globalization;
using Azure;
using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.People;

/// <summary>
/// What is remembered of people, in a table that all processes share: a partition a key. Unlike the delivery log it is asked before an event is sent, so
/// it is asked only once there is something in it; that there is reaches every process within <paramref name="unseen"/>, and who writes the first row waits for that.
/// </summary>
/// <param name="service">Table storage.</param>
/// <param name="access">Asks it in bounded time.</param>
/// <param name="time">The clock.</param>
/// <param name="unseen">How long a process goes by having found nothing; null for <see cref="Unseen"/>.</param>
internal sealed class TablePersonStore(TableServiceClient service, TableAccess access, TimeProvider time, TimeSpan? unseen = null) : IPersonStore
{
    /// <summary>How long a process goes by having found nothing: short enough to wait for, long enough to cost no more than a call each five seconds.</summary>
    public static readonly TimeSpan Unseen = TimeSpan.FromSeconds(5);

    private const string ValueColumn = "Value";
    private const string KeptUntilColumn = "KeptUntil";
    private const string Begun = "begun";

    // By the first two of a key's hexadecimal digits.
    private const int Slices = 256;
    private const int DeletedAtOnce = 50;

    // What of a purge is not done in this time is for the next one.
    private static readonly TimeSpan LongestPurge = TimeSpan.FromSeconds(30);

    private readonly TimeSpan _unseen = unseen ?? Unseen;
    private readonly TableClient _table = service.GetTableClient("destinationpeople");
    private volatile bool _hasBegun;
    private volatile int _nextSlice;
    private volatile Look? _last;

    /// <inheritdoc/>
    public async ValueTask<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        if (!_hasBegun && !(_last is { } last && time.GetElapsedTime(last.At) < _unseen))
        {
            long now = time.GetTimestamp();
            _hasBegun |= await access.AskAsync(async token => await FindAsync(PersonKey.Nobody, Begun, token) is not null, cancellationToken);
            _last = new Look(now);
        }

        return !_hasBegun;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PersonRow>> ReadAsync(IReadOnlyCollection<PersonKey> keys, CancellationToken cancellationToken)
    {
        List<PersonRow>[] found = await access.AskAsync(
            token => Task.WhenAll(keys.Select(key => QueryAsync(
                TableClient.CreateQueryFilter($"PartitionKey eq {key.ToString()} and (RowKey lt {RowKeyOf(PersonRowKind.Device, PersonKey.Nobody)} or RowKey ge {RowKeyOf(PersonRowKind.Secret, PersonKey.Nobody)})"), token))),
            cancellationToken);
        return [.. found.SelectMany(rows => rows)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PersonRow>> ReadDevicesAsync(PersonKey person, CancellationToken cancellationToken) => await access.AskAsync(
        token => QueryAsync(TableClient.CreateQueryFilter(
            $"PartitionKey eq {person.ToString()} and RowKey ge {RowKeyOf(PersonRowKind.Device, PersonKey.Nobody)} and RowKey lt {RowKeyOf(PersonRowKind.Secret, PersonKey.Nobody)}"), token),
        cancellationToken);

    /// <inheritdoc/>
    public async Task<PersonRow?> AddAsync(PersonRow row, CancellationToken cancellationToken)
    {
        await BeginAsync(row.IsOfSomebody, cancellationToken);
        while (true)
        {
            if (await access.AskAsync(token => TryAddAsync(EntityOf(row), token), cancellationToken))
            {
                return null;
            }

            if (await access.AskAsync(token => FindAsync(row.Key, RowKeyOf(row.Kind, row.Other), token), cancellationToken) is { } there)
            {
                return RowOf(there);
            }
        }
    }

    /// <inheritdoc/>
    public async Task PutAsync(IReadOnlyCollection<PersonRow> rows, CancellationToken cancellationToken)
    {
        bool isFirst = await BeginAsync(rows.Any(row => row.IsOfSomebody), cancellationToken);
        foreach (PersonRow row in rows)
        {
            await access.AskAsync(token => WithTableAsync(() => _table.UpsertEntityAsync(EntityOf(row), TableUpdateMode.Replace, token), token), cancellationToken);
        }

        if (isFirst)
        {
            await Task.Delay(1.2 * _unseen, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(IReadOnlyCollection<PersonRow> rows, CancellationToken cancellationToken)
    {
        foreach (PersonRow row in rows)
        {
            await access.AskAsync(token => DeleteAsync(row.Key.ToString(), RowKeyOf(row.Kind, row.Other), token), cancellationToken);
        }
    }

    /// <summary>
    /// The table has no index for ages, so a purge reads it. Keys are hashes, spread evenly: one slice of them after the other is read, each small enough for
    /// one answer however large the table is, and what does not fit into a turn is where the next begins.
    /// </summary>
    /// <inheritdoc/>
    public async Task<int> PurgeAsync(DateTimeOffset now, IReadOnlyCollection<PersonRowKind> unwanted, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        int removed = 0;
        string[] reasons =
        [
            string.Create(CultureInfo.InvariantCulture, $"{KeptUntilColumn} lt {now.UtcTicks}L"),
            .. unwanted.Select(kind => $"(RowKey ge '{RowKeyOf(kind, PersonKey.Nobody)}' and RowKey lt '{RowKeyOf(kind + 1, PersonKey.Nobody)}')"),
        ];
        for (int slices = 0; slices < Slices; slices++)
        {
            // No digit is above f, so g ends a slice.
            string slice = _nextSlice.ToString("x2", CultureInfo.InvariantCulture);
            string filter = $"PartitionKey ge '{slice}' and PartitionKey lt '{slice}g' and ({string.Join(" or ", reasons)})";
            string? next = null;
            do
            {
                (IReadOnlyList<TableEntity> page, next) = await access.AskAsync(token => PageAsync(filter, next, token), cancellationToken);
                foreach (TableEntity[] some in page.Chunk(DeletedAtOnce))
                {
                    await access.AskAsync(token => Task.WhenAll(some.Select(entity => DeleteAsync(entity.PartitionKey, entity.RowKey, token))), cancellationToken);
                    removed += some.Length;
                    if (time.GetElapsedTime(started) > LongestPurge)
                    {
                        return removed;
                    }
                }
            }
            while (next is not null);
            _nextSlice = (_nextSlice + 1) % Slices;
            if (time.GetElapsedTime(started) > LongestPurge)
            {
                return removed;
            }
        }

        return removed;
    }

    /// <summary>Makes known that there is something to ask for. True when it was not known to all before.</summary>
    private async Task<bool> BeginAsync(bool isOfSomebody, CancellationToken cancellationToken)
    {
        if (!isOfSomebody || _hasBegun)
        {
            return false;
        }

        TableEntity begun = new(PersonKey.Nobody.ToString(), Begun);
        bool isFirst = await access.AskAsync(token => TryAddAsync(begun, token), cancellationToken);
        _hasBegun = true;
        return isFirst;
    }

    private async Task<bool> TryAddAsync(TableEntity entity, CancellationToken cancellationToken)
    {
        try
        {
            await WithTableAsync(() => _table.AddEntityAsync(entity, cancellationToken), cancellationToken);
            return true;
        }
        catch (RequestFailedException failure) when (failure.Status == 409)
        {
            return false;
        }
    }

    private async Task WithTableAsync(Func<Task> write, CancellationToken cancellationToken)
    {
        try
        {
            await write();
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            await _table.CreateIfNotExistsAsync(cancellationToken);
            await write();
        }
    }

    private async Task DeleteAsync(string partition, string row, CancellationToken cancellationToken)
    {
        try
        {
            await _table.DeleteEntityAsync(partition, row, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // It is gone, or nothing was ever remembered.
        }
    }

    private async Task<TableEntity?> FindAsync(PersonKey key, string row, CancellationToken cancellationToken)
    {
        try
        {
            NullableResponse<TableEntity> found = await _table.GetEntityIfExistsAsync<TableEntity>(key.ToString(), row, cancellationToken: cancellationToken);
            return found.HasValue ? found.Value : null;
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            return null;
        }
    }

    private async Task<List<PersonRow>> QueryAsync(string filter, CancellationToken cancellationToken)
    {
        List<PersonRow> rows = [];
        try
        {
            await foreach (TableEntity entity in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
            {
                if (RowOf(entity) is { } row)
                {
                    rows.Add(row);
                }
            }
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // Nothing was ever remembered.
        }

        return rows;
    }

    private async Task<(IReadOnlyList<TableEntity> Entities, string? Next)> PageAsync(string filter, string? next, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (Page<TableEntity> page in _table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken).AsPages(next))
            {
                return (page.Values, page.ContinuationToken);
            }
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // Nothing was ever remembered.
        }

        return ([], null);
    }

    private static TableEntity EntityOf(PersonRow row) => new(row.Key.ToString(), RowKeyOf(row.Kind, row.Other))
    {
        [ValueColumn] = row.Value.ToArray(),
        [KeptUntilColumn] = row.KeptUntil.UtcTicks,
    };

    // A row that another version wrote in a way this one can't read says nothing.
    private static PersonRow? RowOf(TableEntity entity) =>
        PersonKey.Parse(entity.PartitionKey) is { } key
        && entity.RowKey.Split('-') is [var code, var device]
        && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int kind)
        && PersonKey.Parse(device) is { } other
        && entity.TryGetValue(ValueColumn, out object? value) && value is byte[] bytes
        && entity.Time(KeptUntilColumn) is { } keptUntil
            ? new PersonRow(key, (PersonRowKind)kind, bytes, keptUntil) { Other = other }
            : null;

    private static string RowKeyOf(PersonRowKind kind, PersonKey other) => string.Create(CultureInfo.InvariantCulture, $"{(int)kind}-{other}");

    private sealed record Look(long At);
}
