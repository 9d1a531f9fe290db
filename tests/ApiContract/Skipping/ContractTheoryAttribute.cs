using Xunit.Sdk;

namespace CustomerIoDestination.ApiContract.Skipping;

/// <summary>A theory of the list, skipped where its class says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("CustomerIoDestination.ApiContract.Skipping.ContractTheoryDiscoverer", "CustomerIoDestination.ApiContract")]
public sealed class ContractTheoryAttribute : TheoryAttribute;
