namespace CustomerIoDestination.Ports;

/// <summary>
/// Where the delivery log lies, or what processes tell each other, can't be reached now: there is no answer to give. Events are taken and delivered
/// without it. The message is fit for a log: a code, and nothing of the request.
/// </summary>
/// <param name="code">What failed, from the client of the storage.</param>
/// <param name="inner">The failure.</param>
public sealed class StorageUnavailableException(string code, Exception inner) : Exception($"The storage did not answer: {code}.", inner)
{
    /// <summary>What failed.</summary>
    public string Code => code;
}
