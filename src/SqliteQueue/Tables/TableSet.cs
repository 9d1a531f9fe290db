using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.Time;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>A connection with the tables' prepared statements, and its owner. Used by one caller at a time.</summary>
internal sealed class TableSet : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Statement _freePages;

    public TableSet(SqliteConnection connection)
    {
        _connection = connection;
        Events = new EventTable(connection);
        DeadLetters = new DeadLetterTable(connection);
        Log = new DeliveryLogTable(connection);
        NamedCounters = new CounterTable(connection);
        Seen = new SeenTable(connection, NamedCounters);
        Replays = new ReplayTable(connection);
        People = new PersonTable(connection);
        _freePages = new Statement(connection, "pragma freelist_count");
    }

    public EventTable Events { get; }

    public DeadLetterTable DeadLetters { get; }

    public DeliveryLogTable Log { get; }

    public SeenTable Seen { get; }

    public CounterTable NamedCounters { get; }

    public ReplayTable Replays { get; }

    public PersonTable People { get; }

    /// <summary>Pages of the file that hold nothing.</summary>
    public long FreePages() => _freePages.ReadInt64() ?? 0;

    public void Dispose()
    {
        _freePages.Dispose();
        Events.Dispose();
        DeadLetters.Dispose();
        Log.Dispose();
        Seen.Dispose();
        NamedCounters.Dispose();
        Replays.Dispose();
        People.Dispose();
        _connection.Dispose();
    }
}

/// <summary>How values of the domain lie in columns. What is written here must stay readable: files outlive versions.</summary>
internal static class Columns
{
    public static Statement Bind(this Statement statement, int parameter, Lane lane) => statement.Bind(parameter, lane is CustomerIoDestination.Model.Lane.Import ? 1L : 0L);

    public static Statement Bind(this Statement statement, int parameter, DateTimeOffset time) =>
        statement.Bind(parameter, time.ToUnixTimeMilliseconds());

    public static Statement Bind(this Statement statement, int parameter, DateTimeOffset? time) =>
        statement.Bind(parameter, time?.ToUnixTimeMilliseconds());

    public static Lane Lane(this Statement statement, int column) => statement.Int64(column) == 0 ? CustomerIoDestination.Model.Lane.Live : CustomerIoDestination.Model.Lane.Import;

    public static DateTimeOffset Time(this Statement statement, int column) => DateTimeOffset.FromUnixTimeMilliseconds(statement.Int64(column));

    public static DateTimeOffset? NullableTime(this Statement statement, int column) => TimeOf(statement.NullableInt64(column));

    public static DateTimeOffset? TimeOf(long? milliseconds) => milliseconds is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;

    /// <summary>
    /// What a row's age is counted from, where that is later than its own time: written while the clock was behind. Else null, and its own time counts.
    /// </summary>
    public static DateTimeOffset? CountedFrom(DateTimeOffset at, ClockReading now) => now.CountedFrom - at > SteadyClock.Tolerance ? now.CountedFrom : null;

    /// <summary>The kind; one that only a newer version knows is unsupported here.</summary>
    public static EventKind Kind(this Statement statement, int column) => Codes.Parse<EventKind>(statement.Text(column)) ?? EventKind.Unsupported;

    /// <summary>The step; one that only a newer version knows is told as a delivery.</summary>
    public static EventStep Step(this Statement statement, int column) => Codes.Parse<EventStep>(statement.Text(column)) ?? EventStep.Delivery;
}
