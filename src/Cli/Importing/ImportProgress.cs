namespace CustomerIoDestination.Cli.Importing;

/// <summary>How far an import is.</summary>
/// <param name="Offset">The byte from which it can be resumed.</param>
/// <param name="Accepted">Events the host has durably.</param>
/// <param name="Skipped">Events not meant to be sent.</param>
/// <param name="Rejected">Lines that are no events.</param>
internal sealed record ImportProgress(long Offset, long Accepted, long Skipped, long Rejected);
