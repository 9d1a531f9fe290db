using CustomerIoDestination.Model;

namespace CustomerIoDestination.Ports;

/// <summary>An event in a consumer's hands.</summary>
/// <param name="Envelope">The event.</param>
/// <param name="SequenceNumber">Its place in the queue; unique, ascending.</param>
/// <param name="History">What earlier deliveries of it came to.</param>
public sealed record ReceivedEvent(EventEnvelope Envelope, long SequenceNumber, FailureHistory History);
