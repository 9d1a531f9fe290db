namespace CustomerIoDestination.AzureServices.ServiceBus.DeadLetters;

/// <summary>Why a sweep over the dead letters ended.</summary>
internal enum SweepEnd
{
    /// <summary>All that were asked for are done, or there is none left that could be.</summary>
    Finished,

    /// <summary>It had gone as far, or as long, as one pass may.</summary>
    AtItsBound,

    /// <summary>Somebody else holds all that are left.</summary>
    Contended,

    /// <summary>The queue did not take replayed events.</summary>
    QueueUnavailable,
}
