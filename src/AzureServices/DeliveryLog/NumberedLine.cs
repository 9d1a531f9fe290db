using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.DeliveryLog;

/// <summary>A line of the log and its place among those of its process: a clock alone does not order what happens within one of its ticks.</summary>
/// <param name="Number">Counted up from 1 by each process.</param>
/// <param name="Entry">The line.</param>
internal sealed record NumberedLine(long Number, DeliveryLogEntry Entry);
