using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace CustomerIoDestination.ApiContract.Skipping;

/// <summary>What stands for a test whose class can't run here.</summary>
internal static class SkippedTest
{
    /// <summary>The skipped test; null when the class can run. Named for rows of data by xunit, which skips nothing else for a reason found out late.</summary>
    public static XunitTestCase? Of(ITestMethod method, ITestFrameworkDiscoveryOptions options, IMessageSink diagnostics) =>
        method.TestClass.Class.ToRuntimeType().GetCustomAttribute<RunsWhereAttribute>()?.WhyNot is { } reason
            ? new XunitSkippedDataRowTestCase(diagnostics, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method, reason)
            : null;
}
