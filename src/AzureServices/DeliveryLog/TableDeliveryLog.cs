using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Azure;
using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.DeliveryLog;

/// <summary>
/// The delivery log in Azure Table storage, shared by every instance. A line is seen about a second after it was recorded, and lost if its process is
/// killed within that second: neither ingest nor delivery ever waits for the log.
/// </summary>
internal sealed class TableDeliveryLog(DayTables days, TableAccess access, LogBuffer buffer) : IDeliveryLog
{
    // With a filter that hardly anything fits, a page may hold nothing and still say where to go on.
    private const int MaxReadsPerPage = 20;

    /// <inheritdoc/>
    public Task RecordAsync(IReadOnlyList<DeliveryLogEntry> entries, CancellationToken cancellationToken)
    {
        buffer.Add(entries);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<DeliveryLogPage> ListAsync(DeliveryLogQuery query, CancellationToken cancellationToken) =>
        access.AskAsync(token => ReadPageAsync(query, token), cancellationToken);

    /// <inheritdoc/>
    public async Task<EventStory?> FindStoryAsync(string eventId, CancellationToken cancellationToken)
    {
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {LineRow.PartitionOf(eventId)} and RowKey ge {eventId + "-"} and RowKey lt {eventId + "."}");
        IReadOnlyList<DeliveryLogEntry>[] found = await access.AskAsync(
            token => Task.WhenAll(days.Kept.Select(day => ReadAllAsync(day, filter, token))), cancellationToken);
        return EventStory.Of(eventId, found.SelectMany(lines => lines));
    }

    private async Task<DeliveryLogPage> ReadPageAsync(DeliveryLogQuery query, CancellationToken cancellationToken)
    {
        ListCursor? cursor = query.After is null ? new ListCursor(days.Today, null) : ListCursor.TryParse(query.After);
        if (cursor is null)
        {
            return DeliveryLogPage.OfNoPlace;
        }

        DateOnly oldest = days.Today.AddDays(-DayTables.RetentionDays);
        string filter = FilterOf(query);
        List<DeliveryLogEntry> lines = [];
        for (int reads = 0; cursor is not null && cursor.Day >= oldest && lines.Count < query.Limit && reads < MaxReadsPerPage; reads++)
        {
            Page<TableEntity>? page;
            try
            {
                page = await ReadAsync(cursor, filter, query.Limit - lines.Count, cancellationToken);
            }
            catch (RequestFailedException failure) when (failure.Status == 400 && cursor.Token is not null)
            {
                // The place to go on from was made up, or is of another day: no day is passed over unseen.
                return DeliveryLogPage.OfNoPlace;
            }

            lines.AddRange(page?.Values.Select(LineRow.Read).OfType<DeliveryLogEntry>() ?? []);
            cursor = page?.ContinuationToken is { } token ? cursor with { Token = token } : new ListCursor(cursor.Day.AddDays(-1), null);
        }

        return new DeliveryLogPage(lines, cursor is not null && cursor.Day >= oldest ? cursor.ToString() : null);
    }

    private static string FilterOf(DeliveryLogQuery query)
    {
        string filter = $"PartitionKey ge '{LineRow.ByTime}' and PartitionKey lt '{LineRow.ByTime}~'";
        if (query.Outcome is { } outcome)
        {
            filter += string.Create(CultureInfo.InvariantCulture, $" and Outcome eq '{outcome.ToCode()}'");
        }

        return query.Kind is { } kind ? $"{filter} and Kind eq '{kind.ToCode()}'" : filter;
    }

    /// <summary>One page of a day; null when the day has no table.</summary>
    private async Task<Page<TableEntity>?> ReadAsync(ListCursor cursor, string filter, int size, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (Page<TableEntity> page in days.Of(cursor.Day).QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken).AsPages(cursor.Token, size))
            {
                return page;
            }
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // Nothing happened on that day, or it is no longer kept.
        }

        return null;
    }

    private async Task<IReadOnlyList<DeliveryLogEntry>> ReadAllAsync(DateOnly day, string filter, CancellationToken cancellationToken)
    {
        List<DeliveryLogEntry> lines = [];
        try
        {
            await foreach (TableEntity row in days.Of(day).QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
            {
                if (LineRow.Read(row) is { } line)
                {
                    lines.Add(line);
                }
            }
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // As above.
        }

        return lines;
    }
}

/// <summary>Where a list goes on: in a day's table, after a token of the service, or at its beginning.</summary>
/// <param name="Day">The day.</param>
/// <param name="Token">The service's continuation token; null for the beginning.</param>
internal sealed record ListCursor(DateOnly Day, string? Token)
{
    private const string Format = "yyyyMMdd";

    /// <summary>Reads what <see cref="ToString"/> wrote; null when it is nothing of ours.</summary>
    public static ListCursor? TryParse(string text)
    {
        if (text.Length < Format.Length
            || !DateOnly.TryParseExact(text.AsSpan(0, Format.Length), Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
        {
            return null;
        }

        ReadOnlySpan<char> token = text.AsSpan(Format.Length);
        return token.IsEmpty ? new ListCursor(day, null)
            : Base64Url.IsValid(token) ? new ListCursor(day, Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)))
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Day.ToString(Format, CultureInfo.InvariantCulture) + (Token is null ? "" : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Token)));
}

/// <summary>
/// The tables of the delivery log, one a day, so that old lines go by dropping a table. A day is UTC's.
/// </summary>
internal sealed class DayTables(TableServiceClient service, TableAccess access, TimeProvider time)
{
    /// <summary>How many days are kept beside today.</summary>
    public const int RetentionDays = 7;

    private const string Prefix = "deliverylog";
    private const string Format = "yyyyMMdd";

    public DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    /// <summary>The days that are kept, newest first.</summary>
    public IEnumerable<DateOnly> Kept
    {
        get
        {
            DateOnly today = Today;
            return Enumerable.Range(0, RetentionDays + 1).Select(ago => today.AddDays(-ago));
        }
    }

    /// <summary>A day's table; it may not exist.</summary>
    public TableClient Of(DateOnly day) => service.GetTableClient(Prefix + day.ToString(Format, CultureInfo.InvariantCulture));

    /// <summary>Drops the tables of days that are no longer kept, and says how many.</summary>
    /// <param name="now">The time, by a clock that is believed.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="UnavailableException">Storage does not answer; it is for the next time.</exception>
    public async Task<int> DropExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        int dropped = 0;
        DateOnly oldest = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-RetentionDays);
        foreach (string name in await access.AskAsync(NamesAsync, cancellationToken))
        {
            if (DateOnly.TryParseExact(name.AsSpan(Prefix.Length), Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) && day < oldest)
            {
                await access.AskAsync(token => service.DeleteTableAsync(name, token), cancellationToken);
                dropped++;
            }
        }

        return dropped;
    }

    private async Task<List<string>> NamesAsync(CancellationToken cancellationToken)
    {
        List<string> names = [];
        await foreach (string name in service.QueryAsync(table => table.Name.CompareTo(Prefix) >= 0, cancellationToken: cancellationToken).Select(table => table.Name))
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                names.Add(name);
            }
        }

        return names;
    }
}
