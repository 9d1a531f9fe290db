using CustomerIoDestination.Ports;

namespace CustomerIoDestination.QueueContract;

/// <summary>What is remembered of people, in this process's memory, for tests that are not about the storage.</summary>
public sealed class MemoryPersonStore : IPersonStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(PersonKey, PersonRowKind, PersonKey), PersonRow> _rows = [];

    /// <summary>The error every call ends in; null while it works.</summary>
    public UnavailableException? Trouble { get; set; }

    /// <summary>Everything that is remembered.</summary>
    public IReadOnlyList<PersonRow> Rows => Do(rows => rows.Values.ToList());

    public ValueTask<bool> IsEmptyAsync(CancellationToken cancellationToken) => new(Do(rows => !rows.Values.Any(row => row.IsOfSomebody)));

    public Task<IReadOnlyList<PersonRow>> ReadAsync(IReadOnlyCollection<PersonKey> keys, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PersonRow>>(
        Do(rows => rows.Values.Where(row => keys.Contains(row.Key) && row.Kind != PersonRowKind.Device).ToList()));

    public Task<IReadOnlyList<PersonRow>> ReadDevicesAsync(PersonKey person, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PersonRow>>(
        Do(rows => rows.Values.Where(row => row.Key == person && row.Kind == PersonRowKind.Device).ToList()));

    public Task<PersonRow?> AddAsync(PersonRow row, CancellationToken cancellationToken) => Task.FromResult(
        Do(rows => rows.TryAdd(PlaceOf(row), row) ? null : rows[PlaceOf(row)]));

    public Task PutAsync(IReadOnlyCollection<PersonRow> rows, CancellationToken cancellationToken) => Task.FromResult(Do(all =>
    {
        foreach (PersonRow row in rows)
        {
            all[PlaceOf(row)] = row;
        }

        return rows.Count;
    }));

    public Task RemoveAsync(IReadOnlyCollection<PersonRow> rows, CancellationToken cancellationToken) =>
        Task.FromResult(Do(all => rows.Count(row => all.Remove(PlaceOf(row)))));

    public Task<int> PurgeAsync(DateTimeOffset now, IReadOnlyCollection<PersonRowKind> unwanted, CancellationToken cancellationToken) => Task.FromResult(Do(rows => rows
        .Where(pair => pair.Value.KeptUntil < now || unwanted.Contains(pair.Value.Kind))
        .ToList()
        .Count(pair => rows.Remove(pair.Key))));

    private T Do<T>(Func<Dictionary<(PersonKey, PersonRowKind, PersonKey), PersonRow>, T> work)
    {
        lock (_gate)
        {
            return Trouble is { } trouble ? throw trouble : work(_rows);
        }
    }

    private static (PersonKey, PersonRowKind, PersonKey) PlaceOf(PersonRow row) => (row.Key, row.Kind, row.Other);
}
