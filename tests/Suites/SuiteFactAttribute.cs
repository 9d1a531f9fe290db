using Xunit.Sdk;

namespace CustomerIoDestination.Suites;

/// <summary>A test of a suite, skipped where the class that runs the suite <see cref="RunsWhereAttribute">says so</see>.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("CustomerIoDestination.Suites.SuiteFactDiscoverer", "CustomerIoDestination.Suites")]
public sealed class SuiteFactAttribute : FactAttribute;
