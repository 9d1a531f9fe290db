namespace CustomerIoDestination.Ports;

/// <summary>What this product stands on.</summary>
public enum Backend
{
    /// <summary>The queue: events are neither taken nor delivered without it. Nothing is lost by that.</summary>
    Queue,

    /// <summary>Where the delivery log lies, and what processes tell each other. Events are taken and delivered without it.</summary>
    Storage,
}

/// <summary>
/// A backend can't be reached, or can't answer, now: what it holds is not known; try again. The message is fit for a log: a code, and nothing of the
/// request.
/// </summary>
/// <param name="backend">Which.</param>
/// <param name="code">Why, as a code that holds no data, for instance <c>queue_busy</c>.</param>
/// <param name="inner">What its client threw; null when it gave no answer of its own accord.</param>
public sealed class UnavailableException(Backend backend, string code, Exception? inner = null) : Exception($"The {(backend == Backend.Queue ? "queue" : "storage")} can't be reached: {code}.", inner)
{
    /// <summary>Which did not answer.</summary>
    public Backend Backend => backend;

    /// <summary>Why, as a code that holds no data.</summary>
    public string Code => code;
}
