namespace CustomerIoDestination.AzureServices.Control;

/// <summary>The watch could not look at the queue.</summary>
internal sealed class QueueUnreachableException() : Exception("The queue can't be reached: how much waits on it, and for how long, is not known.");
