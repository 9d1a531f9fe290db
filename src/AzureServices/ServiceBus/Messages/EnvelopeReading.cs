using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.ServiceBus.Messages;

/// <summary>What a queue message turned out to hold.</summary>
internal abstract record EnvelopeReading
{
    private EnvelopeReading()
    {
    }

    /// <summary>An event.</summary>
    public sealed record Readable(EventEnvelope Envelope) : EnvelopeReading;

    /// <summary>Something this product did not send.</summary>
    /// <param name="Problem">Which part is missing or wrong; holds nothing of the message.</param>
    public sealed record Unreadable(string Problem) : EnvelopeReading;
}
