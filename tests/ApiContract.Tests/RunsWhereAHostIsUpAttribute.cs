using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract.Tests;

/// <summary>Skipped unless the environment says where a host is.</summary>
internal sealed class RunsWhereAHostIsUpAttribute : RunsWhereAttribute
{
    public override string? WhyNot => HostThatIsUp.IsGiven
        ? null
        : $"{HostThatIsUp.AddressVariable} is not set: it names a host that is up, with nothing of value in it, to run the list against.";
}
