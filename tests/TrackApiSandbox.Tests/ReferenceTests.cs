namespace TrackApiSandbox.Tests;

/// <summary>The sandbox is a product of its own: people who never saw the destination can take it as it is.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void The_sandbox_refers_to_nothing_but_the_framework() =>
        typeof(SandboxServer).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!)
            .ShouldAllBe(name => name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions", StringComparison.Ordinal));

    [Fact]
    public void Only_its_own_tests_see_what_is_internal() =>
        typeof(SandboxServer).Assembly.GetCustomAttributes(typeof(System.Runtime.CompilerServices.InternalsVisibleToAttribute), inherit: false)
            .Cast<System.Runtime.CompilerServices.InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName).ShouldBe(["TrackApiSandbox.Tests"]);
}
