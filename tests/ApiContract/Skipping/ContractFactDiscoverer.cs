using Xunit.Abstractions;
using Xunit.Sdk;

namespace CustomerIoDestination.ApiContract.Skipping;

/// <summary>Finds the facts of the list. Made by xunit.</summary>
public sealed class ContractFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        SkippedTest.Of(testMethod, discoveryOptions, DiagnosticMessageSink) ?? base.CreateTestCase(discoveryOptions, testMethod, factAttribute);
}
