using System.Globalization;
using Azure.Data.Tables;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.DeliveryLog;

/// <summary>
/// The tables of the delivery log, one a day, so that old lines go by dropping a table. A day is UTC's.
/// </summary>
internal sealed class DayTables(TableServiceClient service, TableAccess access, TimeProvider time)
{
    /// <summary>How many days are kept beside today.</summary>
    public const int RetentionDays = 7;

    private const string Prefix = "deliverylog";
    private const string Format = "yyyyMMdd";

    /// <summary>Today.</summary>
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
    /// <exception cref="StorageUnavailableException">Storage does not answer; it is for the next time.</exception>
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
