using Mono.Cecil;

namespace CustomerIoDestination.Architecture.Tests;

/// <summary>Each project of src has an order of namespaces, and nothing in it uses what stands above it.</summary>
public sealed class FloorTests
{
    public static TheoryData<string> Assemblies => [.. Floors.All.Select(floors => floors.Assembly)];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_type_uses_a_namespace_above_its_own(string assembly)
    {
        Floors floors = Floors.All.Single(one => one.Assembly == assembly);
        using var uses = AssemblyUses.Read(assembly);

        string[] upwards = [.. uses.All().Where(use => floors.Of(use.To.Namespace) > floors.Of(use.From.Namespace)).Select(use => use.ToString()).Order(StringComparer.Ordinal)];

        upwards.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Every_namespace_has_a_floor(string assembly)
    {
        Floors floors = Floors.All.Single(one => one.Assembly == assembly);
        using var uses = AssemblyUses.Read(assembly);

        string[] present = [.. uses.Types.Select(type => type.Namespace).Distinct(StringComparer.Ordinal)];

        present.Where(name => floors.Of(name) is null).ShouldBeEmpty();
        floors.Namespaces.Where(name => !present.Contains(name.Length == 0 ? floors.Root : $"{floors.Root}.{name}", StringComparer.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_two_types_of_a_project_share_a_name(string assembly)
    {
        using var uses = AssemblyUses.Read(assembly);

        uses.Types.Where(type => type.Name != "Program").GroupBy(type => type.Name, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .SelectMany(group => group.Select(type => type.FullName)).ShouldBeEmpty();
    }

    [Fact]
    public void A_use_upwards_is_seen_in_signatures_bodies_and_attributes()
    {
        using var uses = AssemblyUses.Read(typeof(FloorTests).Assembly.GetName().Name!);

        string[] seen = [.. uses.All().Where(use => use.From.Namespace == typeof(Lower.UsesInABody).Namespace).Select(use => $"{use.From.Name} {use.To.Name}").Order(StringComparer.Ordinal)];

        seen.ShouldBe(["UsesInABody Used", "UsesInAGenericCall Used", "UsesInALambda Used", "UsesInASignature Used", "UsesInAnAttribute Used"]);
    }

    [Theory]
    [InlineData("CustomerIoDestination", "Azure")]
    [InlineData("CustomerIoDestination", "Microsoft.Azure")]
    [InlineData("CustomerIoDestination", "Microsoft.AspNetCore")]
    [InlineData("CustomerIoDestination", "Microsoft.Data.Sqlite")]
    [InlineData("CustomerIoDestination", "SQLitePCLRaw")]
    [InlineData("TrackApiSandbox", "CustomerIoDestination")]
    [InlineData("CustomerIoDestination", "TrackApiSandbox")]
    [InlineData("CustomerIoDestination.HttpApi", "TrackApiSandbox")]
    [InlineData("CustomerIoDestination.HttpApi", "Azure")]
    [InlineData("CustomerIoDestination.SqliteQueue", "TrackApiSandbox")]
    [InlineData("CustomerIoDestination.SqliteQueue", "Azure")]
    [InlineData("CustomerIoDestination.AzureServices", "TrackApiSandbox")]
    [InlineData("destination", "TrackApiSandbox")]
    public void A_project_does_not_know_what_it_has_no_business_with(string assembly, string prefix)
    {
        using var uses = AssemblyUses.Read(assembly);

        uses.References.Where(name => name == prefix || name.StartsWith(prefix + ".", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Every_class_is_sealed_static_or_the_root_of_a_closed_set(string assembly)
    {
        using var uses = AssemblyUses.Read(assembly);

        uses.Types.Where(type => type is { IsClass: true, IsValueType: false, IsSealed: false } && !IsClosedSet(type)).Select(type => type.FullName).ShouldBeEmpty();
    }

    // A root that only its own nested cases derive from.
    private static bool IsClosedSet(TypeDefinition type) =>
        type.IsAbstract && type.Module.GetTypes().Where(other => other.BaseType == type).All(other => other.DeclaringType == type);
}
