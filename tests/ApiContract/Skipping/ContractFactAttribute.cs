using Xunit.Sdk;

namespace CustomerIoDestination.ApiContract.Skipping;

/// <summary>A fact of the list, skipped where its class says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("CustomerIoDestination.ApiContract.Skipping.ContractFactDiscoverer", "CustomerIoDestination.ApiContract")]
public sealed class ContractFactAttribute : FactAttribute;
