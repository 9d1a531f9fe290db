using CustomerIoDestination.ApiContract.Hosts;

namespace CustomerIoDestination.ApiContract.Tests;

/// <summary>
/// A host on Service Bus that somebody started, as the environment says. The list discards every dead letter in it and makes its sandbox fail: nothing of
/// value may be there.
/// </summary>
public sealed class HostThatIsUp : HostUnderTest
{
    /// <summary>Names the host's address.</summary>
    public const string AddressVariable = "DESTINATION_URL";

    /// <summary>Whether there is one.</summary>
    public static bool IsGiven => Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 };

    public override Uri Address => new(Read(AddressVariable));

    public override Uri SandboxAddress => new(Read("DESTINATION_SANDBOX_URL"));

    public override HostCredentials Credentials => new(
        Read("DESTINATION_INGEST_KEY"), Read("DESTINATION_ADMIN_KEY"), Read("DESTINATION_SIGNING_SECRET"), Read("DESTINATION_LIFECYCLE_KEY"));

    public override bool PassesSayHowFarTheyGot => true;

    public override Task InitializeAsync() => Task.CompletedTask;

    public override Task DisposeAsync() => Task.CompletedTask;

    private static string Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) ?? throw new InvalidOperationException($"{variable} is not set beside {AddressVariable}.");
}
