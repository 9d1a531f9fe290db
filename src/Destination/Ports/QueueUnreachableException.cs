namespace CustomerIoDestination.Ports;

/// <summary>The queue can't be reached, or can't answer, now: what lies on it is not known. Nothing was lost by that; try again.</summary>
public sealed class QueueUnreachableException : Exception
{
    /// <summary>It did not say how it is.</summary>
    public QueueUnreachableException()
        : this("queue_unreachable", null)
    {
    }

    /// <summary>It did not do what was asked.</summary>
    /// <param name="code">Why, as a code that holds no data.</param>
    /// <param name="inner">What its client threw.</param>
    public QueueUnreachableException(string code, Exception? inner)
        : base($"The queue can't be reached: {code}.", inner) => Code = code;

    /// <summary>Why, as a code that holds no data, for instance <c>queue_unreachable</c> or <c>queue_busy</c>.</summary>
    public string Code { get; }
}
