namespace CustomerIoDestination.Ports;

/// <summary>What was tried last for an event that could not be delivered yet and is in this process's hand. Holds no identifier and no value.</summary>
/// <param name="At">When the last call failed.</param>
/// <param name="Code">Why, as a bounded code, for instance <c>http_503</c>.</param>
/// <param name="HttpStatus">The last HTTP status; null when there was none.</param>
/// <param name="Attempts">Calls made for it so far, earlier deliveries included.</param>
/// <param name="NextTryAt">When it is tried again; null when it waits until Customer.io answers anybody, or for an operator.</param>
public sealed record FailingEvent(DateTimeOffset At, string Code, int? HttpStatus, int Attempts, DateTimeOffset? NextTryAt);
