namespace CustomerIoDestination.LocalHost.Tests.Contract;

/// <summary>The local host over its embedded queue.</summary>
public sealed class SqliteHost : LocalHostUnderTest
{
    public override bool PassesSayHowFarTheyGot => false;

    protected override IReadOnlyDictionary<string, string> QueueSettings() => new Dictionary<string, string>(StringComparer.Ordinal);
}
