using Azure.Data.Tables;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.Tables;

/// <summary>
/// Columns of a row that this version or another one wrote. Rows outlive versions, in both directions: a column that is missing, of another type or out
/// of range reads as null, and never throws.
/// </summary>
internal static class StoredRow
{
    /// <summary>A text.</summary>
    public static string? Text(this TableEntity row, string column) => Value(row, column) as string;

    /// <summary>A member of a closed set by its code; null for one that only another version knows. Early versions wrote the member's name, which differs from the code in case only.</summary>
    public static T? Code<T>(this TableEntity row, string column)
        where T : struct, Enum => Codes.Parse<T>(row.Text(column), ignoreCase: true);

    /// <summary>A whole number.</summary>
    public static long? Whole(this TableEntity row, string column) => Value(row, column) switch
    {
        long number => number,
        int number => number,
        _ => null,
    };

    /// <summary>A small whole number, for instance a count.</summary>
    public static int? Small(this TableEntity row, string column) => row.Whole(column) is >= int.MinValue and <= int.MaxValue and long number ? (int)number : null;

    /// <summary>Any number.</summary>
    public static double? Number(this TableEntity row, string column) => Value(row, column) switch
    {
        double number => number,
        _ => row.Whole(column),
    };

    /// <summary>A time, which lies in the row as ticks: the service reads its own times less exactly back than they were written.</summary>
    public static DateTimeOffset? Time(this TableEntity row, string column) =>
        row.Whole(column) is { } ticks && ticks >= DateTimeOffset.MinValue.Ticks && ticks <= DateTimeOffset.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    private static object? Value(TableEntity row, string column) => row.TryGetValue(column, out object? value) ? value : null;
}
