using Xunit.Sdk;

namespace CustomerIoDestination.QueueContract.Suites;

/// <summary>A test of a suite, skipped where the class that runs the suite lacks what it <see cref="NeedsProgramsAttribute">needs</see>.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("CustomerIoDestination.QueueContract.Suites.SuiteFactDiscoverer", "CustomerIoDestination.QueueContract")]
public sealed class SuiteFactAttribute : FactAttribute;
