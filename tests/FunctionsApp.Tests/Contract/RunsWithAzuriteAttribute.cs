using CustomerIoDestination.Suites;

namespace CustomerIoDestination.FunctionsApp.Tests.Contract;

/// <summary>Skipped, with the reason, where the storage emulator can't be installed.</summary>
internal sealed class RunsWithAzuriteAttribute : RunsWhereAttribute
{
    public override string? WhyNot => NeedsProgramsAttribute.ReasonToSkip(["node", "npm"]);
}
