using CustomerIoDestination.Model;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>Writes down an event's failures while its delivery goes on. A disk that fails is answered by false: the next one says more.</summary>
internal sealed class KeepCommand(long sequence, FailureHistory history) : WriteCommand<bool>
{
    protected override bool Write(WriteSession session) => session.Events.KeepHistory(sequence, history);

    protected override bool TryAnswer(Exception exception, out bool answer)
    {
        answer = false;
        return StorageFailure.Is(exception) || exception is QueueClosedException;
    }
}
