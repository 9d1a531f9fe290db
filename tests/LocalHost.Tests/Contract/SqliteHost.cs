namespace CustomerIoDestination.LocalHost.Tests.Contract;

/// <summary>The local host over its embedded queue.</summary>
public sealed class SqliteHost : LocalHostUnderTest
{
    public override bool PassesSayHowFarTheyGot => false;

    // A started host has a folder of its own.
    protected override Task<IReadOnlyDictionary<string, string>> PlacesAsync() =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>(StringComparer.Ordinal));
}
