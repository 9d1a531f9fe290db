using Xunit.Abstractions;
using Xunit.Sdk;

namespace CustomerIoDestination.ApiContract.Skipping;

/// <summary>Finds the theories of the list. Made by xunit.</summary>
public sealed class ContractTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    public override IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute) =>
        SkippedTest.Of(testMethod, discoveryOptions, DiagnosticMessageSink) is { } skipped ? [skipped] : base.Discover(discoveryOptions, testMethod, theoryAttribute);
}
