using Xunit.Abstractions;
using Xunit.Sdk;

namespace CustomerIoDestination.Suites;

/// <summary>Makes the tests that <see cref="SuiteFactAttribute"/> marks.</summary>
public sealed class SuiteFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        SkippedTest.Of(testMethod, discoveryOptions, DiagnosticMessageSink) ?? base.CreateTestCase(discoveryOptions, testMethod, factAttribute);
}
