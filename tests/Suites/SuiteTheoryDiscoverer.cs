using Xunit.Abstractions;
using Xunit.Sdk;

namespace CustomerIoDestination.Suites;

/// <summary>Makes the tests that <see cref="SuiteTheoryAttribute"/> marks.</summary>
public sealed class SuiteTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    public override IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute) =>
        SkippedTest.Of(testMethod, discoveryOptions, DiagnosticMessageSink) is { } skipped ? [skipped] : base.Discover(discoveryOptions, testMethod, theoryAttribute);
}
