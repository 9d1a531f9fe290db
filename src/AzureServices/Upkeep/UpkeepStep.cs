namespace CustomerIoDestination.AzureServices.Upkeep;

/// <summary>Something that is too old is let go.</summary>
/// <param name="Name">What, for the log.</param>
/// <param name="RunAsync">Does it once.</param>
internal sealed record UpkeepStep(string Name, Func<CancellationToken, Task> RunAsync);
