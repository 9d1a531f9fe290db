using System.Reflection;
using CustomerIoDestination.Ingest;

namespace CustomerIoDestination.Tests.Architecture;

public sealed class ArchitectureTests
{
    private static readonly Assembly Library = typeof(EventIngester).Assembly;

    [Theory]
    [InlineData("Azure")]
    [InlineData("Microsoft.Azure")]
    [InlineData("Microsoft.AspNetCore")]
    [InlineData("Microsoft.Data.Sqlite")]
    [InlineData("SQLitePCLRaw")]
    public void The_library_knows_nothing_of_its_hosts(string prefix) =>
        Library.GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(name => name == prefix || name.StartsWith(prefix + ".", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void Every_class_is_sealed_static_or_the_root_of_a_closed_set() =>
        OwnTypes().Where(type => type is { IsClass: true, IsSealed: false } && !IsClosedSet(type)).Select(type => type.FullName).ShouldBeEmpty();

    [Fact]
    public void A_types_namespace_is_its_folder()
    {
        string[] folders = ["Delivery", "Ingest", "Json", "Limits", "Mapping", "Preview", "Queueing", "Rules", "Rules.Conditions", "Rules.Privacy", "Rules.Reading", "Rules.Transforming", "Settings", "Telemetry", "Time", "TrackApi"];

        OwnTypes().Select(type => type.Namespace!).Distinct(StringComparer.Ordinal)
            .Except(folders.Select(folder => $"CustomerIoDestination.{folder}").Append("CustomerIoDestination"), StringComparer.Ordinal).ShouldBeEmpty();
    }

    private static IEnumerable<Type> OwnTypes() =>
        Library.GetTypes().Where(type => type.Namespace?.StartsWith("CustomerIoDestination", StringComparison.Ordinal) == true && !type.Name.StartsWith('<'));

    // A root that only its own nested cases can derive from.
    private static bool IsClosedSet(Type type) =>
        type.IsAbstract && Library.GetTypes().Where(other => other.BaseType == type).All(other => other.DeclaringType == type);
}
