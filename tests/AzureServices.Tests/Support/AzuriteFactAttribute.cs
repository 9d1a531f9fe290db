using CustomerIoDestination.Suites;

namespace CustomerIoDestination.AzureServices.Tests.Support;

/// <summary>A test against a real Azurite; skipped, with the reason, where node or npm is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() => Skip = NeedsProgramsAttribute.ReasonToSkip(["node", "npm"]);
}
