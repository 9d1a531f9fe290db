using CustomerIoDestination.AzureServices.ServiceBus.Handling;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

/// <summary>A session whose lock is granted for a minute from the test's clock, while <see cref="Failure"/> is null. Nothing is settled in it.</summary>
internal sealed class StubSession(TimeProvider time) : IMessageSettlement
{
    private long _lockedUntil = (time.GetUtcNow() + TimeSpan.FromMinutes(1)).UtcTicks;
    private int _renewals;

    /// <summary>What a renewal fails with.</summary>
    public Exception? Failure { get; set; }

    /// <summary>How far the broker's clock is from the one here.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>Renewals asked for.</summary>
    public int Renewals => Volatile.Read(ref _renewals);

    public DateTimeOffset SessionLockedUntil => new DateTimeOffset(Volatile.Read(ref _lockedUntil), TimeSpan.Zero) + Skew;

    public Task RenewSessionLockAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _renewals);
        if (Failure is { } failure)
        {
            return Task.FromException(failure);
        }

        Volatile.Write(ref _lockedUntil, (time.GetUtcNow() + TimeSpan.FromMinutes(1)).UtcTicks);
        return Task.CompletedTask;
    }

    public Task CompleteAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DeadLetterAsync(string reason, string description, IReadOnlyDictionary<string, object> properties, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task ReleaseSessionAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetSessionStateAsync(BinaryData state, CancellationToken cancellationToken) => throw new NotSupportedException();
}
