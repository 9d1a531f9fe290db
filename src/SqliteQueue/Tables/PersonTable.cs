using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>What is remembered of people, by keyed hashes. Statements that write are the writer's.</summary>
internal sealed class PersonTable(SqliteConnection connection) : IDisposable
{
    private const string Columns = "key, kind, other, value, kept_until";

    private readonly Statement _read = new(connection, $"select {Columns} from people where key = ?1 and kind <> ?2");

    private readonly Statement _ofKind = new(connection, $"select {Columns} from people where key = ?1 and kind = ?2");

    private readonly Statement _any = new(connection, "select 1 from people where kind < ?1 limit 1");

    private readonly Statement _add = new(connection, $"insert into people ({Columns}) values (?1, ?2, ?3, ?4, ?5) on conflict do nothing");

    private readonly Statement _put = new(connection, $"insert or replace into people ({Columns}) values (?1, ?2, ?3, ?4, ?5)");

    private readonly Statement _delete = new(connection, "delete from people where key = ?1 and kind = ?2 and other = ?3");

    private readonly Statement _expired = new(connection, "select key, kind, other from people where kept_until < ?1 limit ?2");

    private readonly Statement _overBound = new(connection, """
        select key, kind, other from people where kind in (?1, ?2, ?3)
        order by kept_until limit min(?5, max(0, (select count(*) from people) - ?4))
        """);

    private readonly Statement _unwanted = new(connection, "select key, kind, other from people where kind = ?1 limit ?2");

    /// <summary>Whether anything is remembered of anybody.</summary>
    public bool Any() => _any.Bind(1, (long)PersonRowKind.Secret).ReadInt64() is not null;

    /// <summary>All under a key but for the devices of a person, of which there may be many.</summary>
    public List<PersonRow> Read(PersonKey key) => _read.Bind(1, key.ToBytes()).Bind(2, (long)PersonRowKind.Device).ReadAll(ReadRow);

    /// <summary>The devices claimed for a person.</summary>
    public List<PersonRow> ReadDevices(PersonKey key) => _ofKind.Bind(1, key.ToBytes()).Bind(2, (long)PersonRowKind.Device).ReadAll(ReadRow);

    /// <returns>Null when it was added, else what is in its place.</returns>
    public PersonRow? Add(PersonRow row) => BindRow(_add, row).Execute() == 1
        ? null
        : _ofKind.Bind(1, row.Key.ToBytes()).Bind(2, (long)row.Kind).ReadAll(ReadRow).Find(there => there.Other == row.Other);

    public void Put(PersonRow row) => BindRow(_put, row).Execute();

    public void Delete(PersonKey key, PersonRowKind kind, PersonKey other) => _delete.Bind(1, key.ToBytes()).Bind(2, (long)kind).Bind(3, other.ToBytes()).Execute();

    /// <summary>Deletes what was kept long enough, up to a limit.</summary>
    /// <returns>How many rows there were.</returns>
    public int DeleteExpired(DateTimeOffset now, int limit) => DeleteAll(_expired.Bind(1, now).Bind(2, limit).ReadAll(ReadPlace));

    /// <summary>Deletes all of a kind, up to a limit.</summary>
    /// <returns>How many rows there were.</returns>
    public int DeleteOfKind(PersonRowKind kind, int limit) => DeleteAll(_unwanted.Bind(1, (long)kind).Bind(2, limit).ReadAll(ReadPlace));

    /// <summary>Deletes the claims that would go first, while the table has more rows than it may, up to a limit.</summary>
    /// <returns>How many rows there were.</returns>
    public int DeleteOverBound(long mostRows, int limit) => DeleteAll(_overBound
        .Bind(1, (long)PersonRowKind.Claim)
        .Bind(2, (long)PersonRowKind.Person)
        .Bind(3, (long)PersonRowKind.Device)
        .Bind(4, mostRows)
        .Bind(5, limit)
        .ReadAll(ReadPlace));

    public void Dispose()
    {
        _read.Dispose();
        _ofKind.Dispose();
        _any.Dispose();
        _add.Dispose();
        _put.Dispose();
        _delete.Dispose();
        _expired.Dispose();
        _overBound.Dispose();
        _unwanted.Dispose();
    }

    private int DeleteAll(List<(PersonKey Key, PersonRowKind Kind, PersonKey Other)> places)
    {
        places.ForEach(place => Delete(place.Key, place.Kind, place.Other));
        return places.Count;
    }

    private static Statement BindRow(Statement statement, PersonRow row) => statement
        .Bind(1, row.Key.ToBytes())
        .Bind(2, (long)row.Kind)
        .Bind(3, row.Other.ToBytes())
        .Bind(4, row.Value.Span)
        .Bind(5, row.KeptUntil);

    private static (PersonKey Key, PersonRowKind Kind, PersonKey Other) ReadPlace(Statement row) =>
        (PersonKey.Read(row.Blob(0)), (PersonRowKind)row.Int64(1), PersonKey.Read(row.Blob(2)));

    private static PersonRow ReadRow(Statement row) =>
        new(PersonKey.Read(row.Blob(0)), (PersonRowKind)row.Int64(1), row.Blob(3), row.Time(4)) { Other = PersonKey.Read(row.Blob(2)) };
}
