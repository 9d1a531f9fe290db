namespace ServiceBusDouble.Faults;

/// <summary>What the broker answers instead of doing it. Nothing is changed.</summary>
public enum OperationFault
{
    /// <summary><c>com.microsoft:server-busy</c>; the same client then waits 10 s before its next operation.</summary>
    ServerBusy,

    /// <summary><c>com.microsoft:session-lock-lost</c>, though the lock is there.</summary>
    LockLost,

    /// <summary><c>amqp:unauthorized-access</c>, as when a role was taken away.</summary>
    Unauthorized,
}
