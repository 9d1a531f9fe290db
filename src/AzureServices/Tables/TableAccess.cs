using Azure;
using Azure.Data.Tables;
using Azure.Identity;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.Tables;

/// <summary>
/// Asks table storage in bounded time, and remembers since when it answers or does not. Nobody waits for
/// them longer than an operator does for a page. Thread-safe.
/// </summary>
internal sealed class TableAccess(TimeProvider time)
{
    /// <summary>The longest anybody waits for one answer, tries included.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private volatile SharedStateStatus _state = new(Reachable: true, time.GetUtcNow());

    /// <summary>What a client for this must be like: it tries twice within <see cref="Patience"/>, and not for minutes.</summary>
    public static TableClientOptions Options => new()
    {
        Retry = { MaxRetries = 1, Delay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(1), NetworkTimeout = TimeSpan.FromSeconds(3) },
    };

    /// <summary>Whether it answers, and since when.</summary>
    public SharedStateStatus State => _state;

    /// <summary>Asks.</summary>
    /// <exception cref="UnavailableException">There was no answer in time, or one that says that it can't be used.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            T answer = await ask(either.Token);
            Tell(reachable: true);
            return answer;
        }
        catch (Exception failure) when (IsOfStorage(failure))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Tell(reachable: false);
            throw new UnavailableException(Backend.Storage, CodeOf(failure), failure);
        }
    }

    /// <summary>The same for what has no answer.</summary>
    public Task AskAsync(Func<CancellationToken, Task> ask, CancellationToken cancellationToken) => AskAsync(
        async token =>
        {
            await ask(token);
            return true;
        },
        cancellationToken);

    private void Tell(bool reachable)
    {
        if (_state.Reachable != reachable)
        {
            _state = new SharedStateStatus(reachable, time.GetUtcNow());
        }
    }

    // After several tries the client throws what each came to.
    private static bool IsOfStorage(Exception failure) => failure switch
    {
        AggregateException tries => tries.InnerExceptions.All(IsOfStorage),
        RequestFailedException or AuthenticationFailedException or OperationCanceledException or IOException or HttpRequestException => true,
        _ => false,
    };

    private static string CodeOf(Exception failure) => failure switch
    {
        AggregateException { InnerExceptions: [.., var last] } => CodeOf(last),
        RequestFailedException { ErrorCode: { Length: > 0 } code } => code,
        OperationCanceledException => "no_answer",
        _ => failure.GetType().Name,
    };
}

/// <summary>
/// Columns of a row that this version or another one wrote. Rows outlive versions, in both directions: a column that is missing, of another type or out
/// of range reads as null, and never throws.
/// </summary>
internal static class StoredRow
{
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
