using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CustomerIoDestination.Events;
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

/// <summary>
/// The message id (<see cref="EventEnvelope.MessageId"/>) as a key of half its size: the ULID's 16 bytes, then kind, replay count and whether it is a merge's repeat.
/// Seven days of events lie in that table.
/// </summary>
internal static class MessageKey
{
    public const int EventIdBytes = EventUlid.Bytes;

    private const int ReplayCountBytes = 4;
    private const byte Again = (byte)'+';

    public static byte[] Of(EventEnvelope envelope) => Of(envelope.EventId, envelope.Kind, envelope.ReplayCount, envelope.IsRepeat);

    public static byte[] Of(string eventId, EventKind kind, int replayCount, bool isRepeat = false)
    {
        string code = kind.ToCode();
        byte[] key = new byte[EventIdBytes + code.Length + (replayCount == 0 ? 0 : ReplayCountBytes) + (isRepeat ? 1 : 0)];
        WriteEventId(eventId, key);
        Encoding.ASCII.GetBytes(code, key.AsSpan(EventIdBytes));
        if (replayCount != 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(EventIdBytes + code.Length), replayCount);
        }

        if (isRepeat)
        {
            key[^1] = Again;
        }

        return key;
    }

    /// <summary>The bytes every key of the event begins with.</summary>
    public static byte[] PrefixOf(string eventId)
    {
        byte[] prefix = new byte[EventIdBytes];
        WriteEventId(eventId, prefix);
        return prefix;
    }

    private static void WriteEventId(string eventId, Span<byte> destination)
    {
        if (!EventUlid.TryDecode(eventId, destination[..EventIdBytes]))
        {
            // Ingest makes every id a ULID; anything else still gets a key of its own.
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(Encoding.UTF8.GetBytes(eventId), hash);
            hash[..EventIdBytes].CopyTo(destination);
        }
    }
}

/// <summary>Named numbers that change in the same transaction as what they count.</summary>
internal sealed class CounterTable(SqliteConnection connection) : IDisposable
{
    private const string Believed = "clock/believed";
    private const string RanInDoubt = "clock/ran_in_doubt";

    private readonly Statement _read = new(connection, "select value from counters where name = ?1");

    private readonly Statement _write = new(connection,
        "insert into counters (name, value) values (?1, ?2) on conflict do update set value = excluded.value");

    public long Read(string name) => _read.Bind(1, name).ReadInt64() ?? 0;

    public void Write(string name, long value) => _write.Bind(1, name).Bind(2, value).Execute();

    /// <summary>What the last process kept of its clock; null in a new file.</summary>
    public ClockMemory? ReadClock() => Columns.TimeOf(_read.Bind(1, Believed).ReadInt64()) is { } believed
        ? new ClockMemory(believed, TimeSpan.FromMilliseconds(Read(RanInDoubt)))
        : null;

    /// <summary>Keeps the clock's memory for the next start.</summary>
    public void WriteClock(ClockMemory memory)
    {
        Write(Believed, memory.Believed.ToUnixTimeMilliseconds());
        Write(RanInDoubt, (long)memory.RanInDoubt.TotalMilliseconds);
    }

    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }
}

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
