using System.Reflection;

namespace CustomerIoDestination.LocalHost.Tests.Start;

/// <summary>The destination knows the sandbox by HTTP alone; the local host is the one that starts it.</summary>
public sealed class ReferenceTests
{
    private const string Sandbox = "TrackApiSandbox";

    [Fact]
    public void No_part_of_the_destination_but_the_local_host_refers_to_the_sandbox()
    {
        Assembly[] parts = [.. Parts(typeof(LocalHostApp).Assembly, [])];

        parts.Length.ShouldBeGreaterThan(3);
        parts.Where(part => part.GetReferencedAssemblies().Any(reference => reference.Name == Sandbox)).ShouldBe([typeof(LocalHostApp).Assembly]);
    }

    private static IEnumerable<Assembly> Parts(Assembly assembly, HashSet<string> seen)
    {
        if (!seen.Add(assembly.GetName().Name!))
        {
            return [];
        }

        return
        [
            assembly,
            .. assembly.GetReferencedAssemblies()
                .Where(reference => reference.Name!.StartsWith("CustomerIoDestination", StringComparison.Ordinal))
                .SelectMany(reference => Parts(Assembly.Load(reference), seen)),
        ];
    }
}
