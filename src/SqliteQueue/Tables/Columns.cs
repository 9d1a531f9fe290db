using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.Time;

namespace CustomerIoDestination.SqliteQueue.Tables;

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
