using CustomerIoDestination.Ports;

namespace CustomerIoDestination.QueueContract;

/// <summary>A fresh, empty queue of one implementation with everything that stands on it.</summary>
public interface IQueueUnderTest : IAsyncDisposable
{
    /// <summary>The queue as ingest sees it.</summary>
    IEventQueue Queue { get; }

    /// <summary>The queue as the workers see it.</summary>
    IEventReceiver Receiver { get; }

    IDeadLetterStore DeadLetters { get; }

    IDeliveryLog Log { get; }

    /// <summary>The clock the implementation was given.</summary>
    TimeProvider Clock { get; }

    /// <summary>The most events it hands out in one lease; 1 where only single ones are.</summary>
    int MaxRun { get; }
}

/// <summary>A queue that can be closed and opened again with what lies in it.</summary>
public interface IReopenableQueue : IQueueUnderTest
{
    /// <summary>Closes it and opens it again; the properties belong to the new one afterwards.</summary>
    Task ReopenAsync();
}

/// <summary>A queue whose time stands still until it is moved.</summary>
public interface IQueueInFakeTime : IQueueUnderTest
{
    /// <summary>Moves the time on, and does what falls due.</summary>
    Task AdvanceAsync(TimeSpan by);
}
