namespace CustomerIoDestination.Ports;

/// <summary>Whether this process hears of the others.</summary>
/// <param name="Reachable">Whether the storage by which they tell each other of themselves answers. If not, a status holds what this process knows.</param>
/// <param name="Since">Since when it does, or does not.</param>
public sealed record SharedStateStatus(bool Reachable, DateTimeOffset Since);
