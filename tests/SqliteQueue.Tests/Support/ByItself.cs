namespace CustomerIoDestination.SqliteQueue.Tests.Support;

/// <summary>Tests beside which no others run.</summary>
[CollectionDefinition(nameof(ByItself), DisableParallelization = true)]
public sealed class ByItself;
