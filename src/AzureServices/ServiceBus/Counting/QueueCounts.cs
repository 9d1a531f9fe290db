using System.Runtime.CompilerServices;
using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.ServiceBus.Counting;

/// <summary>The broker's own counts. Reading them needs a right beyond sending and receiving; without it, or without an answer in time, they are asked for again only after a while.</summary>
internal sealed class QueueCounts(ServiceBusAdministrationClient? administration, string queueName, TimeProvider time)
{
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMinutes(5);

    private long _refusedAt;
    private bool _isRefused;

    /// <summary>Messages in the queue, those in somebody's hands included, and dead letters; null when they can't be had.</summary>
    public async Task<(long Active, long DeadLettered)?> ReadAsync(CancellationToken cancellationToken)
    {
        if (administration is null || (_isRefused && time.GetElapsedTime(_refusedAt) < PauseAfterRefusal))
        {
            return null;
        }

        try
        {
            QueueRuntimeProperties counts = await administration.GetQueueRuntimePropertiesAsync(queueName, cancellationToken);
            _isRefused = false;
            return (counts.ActiveMessageCount, counts.DeadLetterMessageCount);
        }
        catch (Exception failure) when (IsRefusal(failure, cancellationToken))
        {
            _refusedAt = time.GetTimestamp();
            _isRefused = true;
            return null;
        }
    }

    // The client cancels of its own when it had no answer in time.
    private static bool IsRefusal(Exception failure, CancellationToken cancellationToken) => failure
        is UnauthorizedAccessException or RequestFailedException or ServiceBusException or AuthenticationFailedException
        || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}

/// <summary>What a look at the oldest messages of the queue tells of its lanes.</summary>
internal sealed class LaneSample
{
    private int _live;
    private int _import;
    private DateTimeOffset? _oldestLive;
    private DateTimeOffset? _oldestImport;

    /// <summary>Messages looked at.</summary>
    public int Count { get; private set; }

    /// <summary>One more message, younger than those before it.</summary>
    public void Add(ServiceBusReceivedMessage message)
    {
        Count++;
        DateTimeOffset queuedAt = EnvelopeMessage.TimeOf(message.ApplicationProperties, MessagePropertyNames.QueuedAt) ?? message.EnqueuedTime;
        if (Partition.TryParse(message.SessionId, out Partition partition) && partition.Lane == Lane.Import)
        {
            _import++;
            _oldestImport ??= queuedAt;
        }
        else
        {
            _live++;
            _oldestLive ??= queuedAt;
        }
    }

    /// <summary>A lane's status.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="total">Messages in the whole queue; what was not looked at is taken to be mixed as what was.</param>
    /// <param name="inHand">How many of the lane are held for delivery.</param>
    /// <param name="now">The time.</param>
    public LaneStatus StatusOf(Lane lane, long total, int inHand, DateTimeOffset now)
    {
        (int sampled, DateTimeOffset? oldest) = lane == Lane.Live ? (_live, _oldestLive) : (_import, _oldestImport);
        long unseen = Count == 0 ? 0 : (long)Math.Round((double)Math.Max(0, total - Count) * sampled / Count);
        TimeSpan age = oldest is { } queuedAt && queuedAt < now ? now - queuedAt : TimeSpan.Zero;
        return new LaneStatus(Math.Max(0, sampled + unseen - inHand), inHand, age);
    }
}

/// <summary>Looks at messages without locking them.</summary>
internal static class Peeking
{
    // A page travels whole, so it bounds memory: 100 of the largest events are 24 MB. The broker allows 250.
    private const int PageSize = 100;

    /// <summary>Messages oldest first, a page at a time as they are asked for.</summary>
    /// <param name="browser">A receiver of the queue or sub-queue.</param>
    /// <param name="from">The first sequence number.</param>
    /// <param name="max">The most messages.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<ServiceBusReceivedMessage> PeekAsync(
        this ServiceBusReceiver browser, long from, int max, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (max > 0)
        {
            IReadOnlyList<ServiceBusReceivedMessage> page = await browser.PeekMessagesAsync(Math.Min(max, PageSize), from, cancellationToken);
            if (page.Count == 0)
            {
                yield break;
            }

            foreach (ServiceBusReceivedMessage message in page)
            {
                yield return message;
            }

            max -= page.Count;
            from = page[^1].SequenceNumber + 1;
        }
    }
}

/// <summary>One answer for all who ask: whoever comes while it is looked up waits for the same, and what it came to holds for a moment. Thread-safe.</summary>
/// <param name="ask">Looks it up. Runs on whoever gave up waiting or not.</param>
/// <param name="holds">How long an answer is given out again.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedAnswer<T>(Func<Task<T>> ask, TimeSpan holds, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Task<T>? _asking;
    private long? _answeredAt;

    /// <summary>The answer.</summary>
    /// <param name="cancellationToken">Gives up waiting; the others still get their answer.</param>
    public Task<T> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_asking is null || (_asking.IsCompleted && !(_answeredAt is { } at && time.GetElapsedTime(at) < holds)))
            {
                _answeredAt = null;
                _asking = Task.Run(AskAsync, CancellationToken.None);
            }

            return _asking.WaitAsync(cancellationToken);
        }
    }

    private async Task<T> AskAsync()
    {
        T answer = await ask();
        lock (_gate)
        {
            _answeredAt = time.GetTimestamp();
        }

        return answer;
    }
}
