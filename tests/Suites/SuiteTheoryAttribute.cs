using Xunit.Sdk;

namespace CustomerIoDestination.Suites;

/// <summary>A test with rows of data of a suite, skipped where the class that runs the suite <see cref="RunsWhereAttribute">says so</see>.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("CustomerIoDestination.Suites.SuiteTheoryDiscoverer", "CustomerIoDestination.Suites")]
public sealed class SuiteTheoryAttribute : TheoryAttribute;
