using System.Globalization;
using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.DeliveryLog;

/// <summary>
/// A line of the log as rows of its day's table. Every line has a row by event; those that a list shows have another, by time downwards, so that the
/// service's own order is newest first. The line's number ends both keys: what happened within one tick keeps its order, and none takes another's place.
/// </summary>
internal static class LineRow
{
    /// <summary>Rows by time lie in partitions that begin with this, rows by event in later ones.</summary>
    public const string ByTime = "d";

    private const string ByEvent = "e";

    private const int EventPartitions = 16;
    private const int HoursOfDay = 24;

    /// <summary>The rows of a line.</summary>
    public static IEnumerable<TableEntity> Of(NumberedLine line)
    {
        DeliveryLogEntry entry = line.Entry;
        if (entry.Step is EventStep.Delivery or EventStep.Ingest)
        {
            yield return Row(
                string.Create(CultureInfo.InvariantCulture, $"{ByTime}{HoursOfDay - 1 - entry.At.UtcDateTime.Hour:D2}"),
                string.Create(CultureInfo.InvariantCulture, $"{long.MaxValue - entry.At.UtcTicks:D19}-{long.MaxValue - line.Number:D19}-{entry.EventId}"),
                entry);
        }

        yield return Row(
            PartitionOf(entry.EventId),
            string.Create(CultureInfo.InvariantCulture, $"{entry.EventId}-{entry.At.UtcTicks:D19}-{line.Number:D19}-{(int)entry.Step}"),
            entry);
    }

    /// <summary>The partition in which the rows of an event lie.</summary>
    public static string PartitionOf(string eventId) => string.Create(CultureInfo.InvariantCulture, $"{ByEvent}{eventId.Sum(letter => letter) % EventPartitions:D2}");

    /// <summary>
    /// Reads a row of any version; null for one that does not say when what happened to which event. A kind only another version knows is unsupported here,
    /// a step a delivery, a lane the live one.
    /// </summary>
    public static DeliveryLogEntry? Read(TableEntity row)
    {
        if (row.Time("At") is not { } at || row.Text("EventId") is not { } eventId)
        {
            return null;
        }

        return new DeliveryLogEntry
        {
            At = at,
            EventId = eventId,
            Kind = row.Code<EventKind>("Kind") ?? EventKind.Unsupported,
            Lane = row.Code<Lane>("Lane") ?? Lane.Live,
            Step = row.Code<EventStep>("Step") ?? EventStep.Delivery,
            Outcome = row.Code<AttemptOutcome>("Outcome"),
            Reason = row.Text("Reason"),
            Attempts = row.Small("Attempts") ?? 0,
            HttpStatus = row.Small("HttpStatus"),
            Duration = TimeSpan.FromMilliseconds(row.Small("DurationMs") ?? 0),
            Warnings = LoggedWarning.Read(row.Text("Warnings")),
        };
    }

    // Ticks, because the service's own times are read back less exactly than they were written.
    private static TableEntity Row(string partition, string key, DeliveryLogEntry entry) => new(partition, key)
    {
        ["At"] = entry.At.UtcTicks,
        ["EventId"] = entry.EventId,
        ["Kind"] = entry.Kind.ToCode(),
        ["Lane"] = entry.Lane.ToCode(),
        ["Step"] = entry.Step.ToCode(),
        ["Outcome"] = entry.Outcome?.ToCode(),
        ["Reason"] = entry.Reason,
        ["Attempts"] = entry.Attempts,
        ["HttpStatus"] = entry.HttpStatus,
        ["DurationMs"] = (long)entry.Duration.TotalMilliseconds,
        ["Warnings"] = LoggedWarning.Write(entry.Warnings),
    };
}
