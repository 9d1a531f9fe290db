using Xunit.Abstractions;
using Xunit.Sdk;

namespace CustomerIoDestination.QueueContract.Suites;

/// <summary>A test that knows which class runs its suite.</summary>
public sealed class SuiteTestCase : XunitTestCase
{
    /// <summary>For the runner, which reads it back in another process.</summary>
    [Obsolete("Called by the deserializer only.")]
    public SuiteTestCase()
    {
    }

    public SuiteTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod testMethod)
        : base(diagnostics, display, options, testMethod)
    {
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        base.GetSkipReason(factAttribute) ?? NeedsProgramsAttribute.ReasonToSkip(
            TestMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsProgramsAttribute)).SelectMany(needs => (string[])needs.GetConstructorArguments().First()));
}
