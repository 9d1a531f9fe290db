namespace ServiceBusDouble.Faults;

/// <summary>What the broker does wrong when messages are handed in.</summary>
public abstract record SendFault
{
    private SendFault()
    {
    }

    /// <summary>Refused with <c>com.microsoft:server-busy</c>, as when the namespace is throttled. The same client then waits 10 s before its next operation, a retry of its own or the caller's.</summary>
    public sealed record ServerBusy : SendFault;

    /// <summary>Refused with <c>amqp:resource-limit-exceeded</c>, as when the queue is full.</summary>
    public sealed record QuotaExceeded : SendFault;

    /// <summary>The sender's link is detached by force; nothing is taken.</summary>
    public sealed record LinkDetached : SendFault;

    /// <summary>The connection is cut; nothing is taken.</summary>
    public sealed record ConnectionCut : SendFault;

    /// <summary>The messages are taken at once; the answer comes after a delay, on the real clock.</summary>
    public sealed record Slow(TimeSpan Delay) : SendFault;

    /// <summary>The messages are taken, then the connection is cut: the sender cannot know.</summary>
    public sealed record AnswerLost : SendFault;
}
