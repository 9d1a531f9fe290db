using Azure.Messaging.ServiceBus;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Receiving;

/// <summary>A session whose lock is granted for a minute from the test's clock, while <see cref="Failure"/> is null.</summary>
internal sealed class StubSession(TimeProvider time) : ServiceBusSessionReceiver
{
    private long _lockedUntil = (time.GetUtcNow() + TimeSpan.FromMinutes(1)).UtcTicks;
    private int _renewals;

    /// <summary>What a renewal fails with.</summary>
    public Exception? Failure { get; set; }

    /// <summary>How far the broker's clock is from the one here.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>Renewals asked for.</summary>
    public int Renewals => Volatile.Read(ref _renewals);

    public bool IsGivenBack { get; private set; }

    public override DateTimeOffset SessionLockedUntil => new DateTimeOffset(Volatile.Read(ref _lockedUntil), TimeSpan.Zero) + Skew;

    public override Task RenewSessionLockAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _renewals);
        if (Failure is { } failure)
        {
            return Task.FromException(failure);
        }

        Volatile.Write(ref _lockedUntil, (time.GetUtcNow() + TimeSpan.FromMinutes(1)).UtcTicks);
        return Task.CompletedTask;
    }

    public override Task CloseAsync(CancellationToken cancellationToken = default)
    {
        IsGivenBack = true;
        return Task.CompletedTask;
    }
}
