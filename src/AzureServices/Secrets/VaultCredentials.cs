using Azure;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.Secrets;

/// <summary>
/// The Track API key out of the vault. A key that was rotated there is seen when the old one is refused, without a restart. Until a new one is read the
/// key last read is used: a vault that does not answer holds nobody up but the caller that asks it, and that one for <see cref="Patience"/> at most.
/// </summary>
internal sealed partial class VaultCredentials(
    string siteId, string secretName, string? version, SecretClient vault, TimeProvider time, ILogger<VaultCredentials> logger) : ICredentialSource, IDisposable
{
    /// <summary>The longest anybody waits for the vault, tries included.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile TrackApiCredentials? _credentials;
    private volatile bool _isKnown;
    private volatile int _forgotten;
    private long _failedAt = long.MinValue;

    /// <summary>What a client for this must be like: it tries twice within <see cref="Patience"/>, and not for minutes.</summary>
    public static SecretClientOptions Options => new()
    {
        Retry = { MaxRetries = 1, Delay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(1), NetworkTimeout = TimeSpan.FromSeconds(3) },
    };

    /// <inheritdoc/>
    public ValueTask<TrackApiCredentials?> GetAsync(CancellationToken cancellationToken) => _isKnown ? new(_credentials) : new(ReadAsync(cancellationToken));

    /// <inheritdoc/>
    public void Forget()
    {
        Interlocked.Increment(ref _forgotten);
        _isKnown = false;
    }

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    private async Task<TrackApiCredentials?> ReadAsync(CancellationToken cancellationToken)
    {
        // Who has a key does not wait for another one's reading of it.
        if (!await _reading.WaitAsync(_credentials is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellationToken))
        {
            return _credentials;
        }

        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            if (_isKnown || HasJustFailed())
            {
                return _credentials;
            }

            int forgotten = _forgotten;
            Response<KeyVaultSecret> secret = await vault.GetSecretAsync(secretName, version, cancellationToken: either.Token).WaitAsync(either.Token);
            TrackApiCredentials read = new(siteId, new Secret(secret.Value.Value.Trim()));
            _credentials = read == _credentials ? _credentials : read;

            // Forgotten while it was read, it may be the old one.
            _isKnown = forgotten == _forgotten;
        }
        catch (Exception failure) when (failure is RequestFailedException or AuthenticationFailedException or AggregateException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _failedAt = time.GetTimestamp();
            Log.VaultUnreadable(logger, failure is OperationCanceledException ? "no_answer" : (failure as RequestFailedException)?.ErrorCode ?? failure.GetType().Name);
        }
        finally
        {
            _reading.Release();
        }

        return _credentials;
    }

    // Every event asks: a vault that does not answer must not be asked as often.
    private bool HasJustFailed() => _failedAt != long.MinValue && time.GetElapsedTime(_failedAt) < AfterFailure;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The Track API key can't be read from the vault ({Code}).")]
        public static partial void VaultUnreadable(ILogger logger, string code);
    }
}
