using Azure;
using Azure.Data.Tables;
using Azure.Identity;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.Tables;

/// <summary>
/// Asks table storage in bounded time, and remembers since when it answers or does not. Nothing that events need is in tables, so nobody waits for
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
