using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.ServiceBus.Counting;

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
        DateTimeOffset queuedAt = EnvelopeMessage.TimeOf(message.ApplicationProperties, PropertyNames.QueuedAt) ?? message.EnqueuedTime;
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
