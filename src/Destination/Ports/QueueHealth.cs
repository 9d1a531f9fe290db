namespace CustomerIoDestination.Ports;

/// <summary>Whether the queue takes events now.</summary>
public enum QueueHealth
{
    /// <summary>It does.</summary>
    Taking,

    /// <summary>It is there and takes none: it is full, busy or broken.</summary>
    Refusing,

    /// <summary>It can't be reached from here.</summary>
    Unreachable,
}
