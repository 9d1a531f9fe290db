using CustomerIoDestination.Ports;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>An event's row.</summary>
/// <param name="Received">The event as it is handed out.</param>
/// <param name="Claims">How often it was claimed while the process ended without settling it.</param>
internal sealed record QueuedEvent(ReceivedEvent Received, int Claims);
