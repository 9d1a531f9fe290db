using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace CustomerIoDestination.Suites;

/// <summary>What stands for a test whose class can't run here.</summary>
internal static class SkippedTest
{
    /// <summary>The skipped test; null when the class can run.</summary>
    public static XunitTestCase? Of(ITestMethod method, ITestFrameworkDiscoveryOptions options, IMessageSink diagnostics) =>
        method.TestClass.Class.ToRuntimeType().GetCustomAttribute<RunsWhereAttribute>()?.WhyNot is { } reason
            // Of xunit's tests the only one that is given its reason instead of reading it from the attribute.
            ? new XunitSkippedDataRowTestCase(diagnostics, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method, reason)
            : null;
}
