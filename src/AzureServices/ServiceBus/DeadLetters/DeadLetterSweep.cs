using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.AzureServices.ServiceBus.Counting;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.ServiceBus.DeadLetters;

/// <summary>
/// Goes through the dead letters, oldest first, and takes away those that are wanted. The sub-queue can't be read by id, so every one on the way is
/// locked for the time of the sweep. Memory is one page of messages and the lock tokens of the rest.
/// </summary>
internal sealed class DeadLetterSweep(QueueConnection connection, EventSettling settling)
{
    // 100 of the largest events are 24 MB.
    private const int PageSize = 100;

    // What a peek has just seen comes at once, unless another pass holds it.
    private static readonly TimeSpan PageWait = TimeSpan.FromSeconds(2);

    /// <summary>Goes on until the end of the dead letters or the pass's bounds.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="progress">The pass's bounds; takes what was done.</param>
    /// <param name="cancellationToken">Ends it between two pages.</param>
    public async Task<SweepEnd> RunAsync(SweepWork work, PassProgress progress, CancellationToken cancellationToken)
    {
        await using ServiceBusReceiver receiver = connection.Client.CreateReceiver(
            connection.QueueName, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        HeldBack heldBack = new(receiver, settling);
        try
        {
            while (!progress.IsComplete && await CountAheadAsync(progress) is > 0 and int ahead)
            {
                if (!progress.MayGoOn(cancellationToken))
                {
                    return SweepEnd.AtItsBound;
                }

                List<ServiceBusReceivedMessage> page = await ReceiveAsync(receiver, ahead);
                progress.IsContended |= page.Count < ahead;
                if (page.Count == 0)
                {
                    return SweepEnd.Contended;
                }

                if (!await TakeAsync(receiver, page, heldBack, work, progress))
                {
                    return SweepEnd.QueueUnavailable;
                }
            }

            return SweepEnd.Finished;
        }
        finally
        {
            await heldBack.GiveBackAsync();
        }
    }

    /// <summary>How many of the next page there are. No more than these is asked for: the broker would send a receiver that still waits the very ones it gives back.</summary>
    private Task<int> CountAheadAsync(PassProgress progress) => progress.CountAsync(connection.DeadLetterBrowser.PeekAsync(
        progress.LastSequence + 1, Math.Clamp(progress.Left, 1, PageSize), CancellationToken.None));

    // Not cancelled: what arrives in that moment would stay locked.
    private static async Task<List<ServiceBusReceivedMessage>> ReceiveAsync(ServiceBusReceiver receiver, int count)
    {
        List<ServiceBusReceivedMessage> page = [];
        while (page.Count < count)
        {
            IReadOnlyList<ServiceBusReceivedMessage> some = await receiver.ReceiveMessagesAsync(count - page.Count, PageWait, CancellationToken.None);
            if (some.Count == 0)
            {
                break;
            }

            page.AddRange(some);
        }

        // What arrives when the client has just ended one receive comes again in the next, after later ones.
        page.Sort(static (one, other) => one.SequenceNumber.CompareTo(other.SequenceNumber));
        return page;
    }

    /// <summary>Deals with a page; false when the queue takes no replayed events.</summary>
    private static async Task<bool> TakeAsync(
        ServiceBusReceiver receiver, List<ServiceBusReceivedMessage> page, HeldBack heldBack, SweepWork work, PassProgress progress)
    {
        progress.Scanned += page.Count;
        progress.LastSequence = Math.Max(progress.LastSequence, page.Max(message => message.SequenceNumber));
        ServiceBusReceivedMessage[] wanted = [.. page.Where(message => progress.Includes(message) && work.IsWanted(message))];
        IReadOnlyList<ServiceBusReceivedMessage>? prepared = wanted.Length == 0 ? wanted : await work.PrepareAsync(wanted);
        HashSet<long> removable = [.. (prepared ?? []).Select(message => message.SequenceNumber)];
        foreach (ServiceBusReceivedMessage message in page.Where(message => !removable.Contains(message.SequenceNumber)))
        {
            heldBack.Add(message);
        }

        if (prepared is null)
        {
            return false;
        }

        bool[] isRemoved = await Task.WhenAll(prepared.Select(message => IsRemovedAsync(receiver, message)));
        ServiceBusReceivedMessage[] removed = [.. prepared.Where((_, index) => isRemoved[index])];
        progress.Done += removed.Length;
        progress.Identifies += removed.Count(message => DeadLetterMessage.KindOf(message) == EventKind.Identify);
        await work.RemovedAsync(removed);
        return true;
    }

    // One that can't be removed was replayed all the same; replaying it again repeats its message id, which the queue drops.
    private static async Task<bool> IsRemovedAsync(ServiceBusReceiver receiver, ServiceBusReceivedMessage message)
    {
        try
        {
            await receiver.CompleteMessageAsync(message, CancellationToken.None);
            return true;
        }
        catch (ServiceBusException)
        {
            return false;
        }
    }
}

/// <summary>What a sweep does with the dead letters it comes by.</summary>
/// <param name="IsWanted">Which ones.</param>
/// <param name="PrepareAsync">Called with the wanted ones of a page, in order, before they are removed; answers with those that may be, or null to end the sweep.</param>
/// <param name="RemovedAsync">Told of those that were removed.</param>
internal sealed record SweepWork(
    Func<ServiceBusReceivedMessage, bool> IsWanted,
    Func<IReadOnlyList<ServiceBusReceivedMessage>, Task<IReadOnlyList<ServiceBusReceivedMessage>?>> PrepareAsync,
    Func<IReadOnlyList<ServiceBusReceivedMessage>, Task> RemovedAsync);

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

/// <summary>
/// Dead letters a pass has locked and does not want. They stay locked until it ends, or it would be given the same ones again, and are abandoned
/// then, because closing a receiver leaves the locks of a queue without sessions as they are. Abandoning counts as a delivery, which means nothing
/// in a dead-letter sub-queue: it has no maximum. Only lock tokens are kept, so 5,000 of them are small.
/// </summary>
internal sealed class HeldBack(ServiceBusReceiver receiver, EventSettling settling)
{
    private const int AtOnce = 200;

    private readonly List<Guid> _tokens = [];

    /// <summary>Keeps one until the end.</summary>
    public void Add(ServiceBusReceivedMessage message) => _tokens.Add(Guid.Parse(message.LockToken));

    /// <summary>Gives all back. One whose lock ended meanwhile is back already.</summary>
    public async Task GiveBackAsync()
    {
        foreach (Guid[] some in _tokens.Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(token => settling.TryAsync(
                cancellationToken => receiver.AbandonMessageAsync(ServiceBusModelFactory.ServiceBusReceivedMessage(lockTokenGuid: token), null, cancellationToken))));
        }
    }
}
