using System.Text.Json.Nodes;

namespace CustomerIoDestination.Infra.Support;

/// <summary>What azd deploys with the variables of an environment: Bicep's own prediction, as checked in. <see cref="BicepTests"/> holds it against the templates.</summary>
internal sealed class Snapshot
{
    private readonly List<JsonObject> _resources;

    private Snapshot(string path) => _resources = [.. JsonNode.Parse(File.ReadAllText(path))!["predictedResources"]!.AsArray().Select(node => node!.AsObject())];

    /// <summary>The environments that have a file of variables: one for each profile.</summary>
    public static IReadOnlyList<string> Names { get; } = ["dev", "prod", "private"];

    /// <summary>The same, for theories.</summary>
    public static TheoryData<string> Environments { get; } = new(Names);

    /// <summary>Every resource.</summary>
    public IReadOnlyList<JsonObject> Resources => _resources;

    public static Snapshot Of(string environment) => new(Repository.PathOf($"infra/environments/{environment}.snapshot.json"));

    /// <summary>The container's, with the variables of its sample.</summary>
    public static Snapshot OfContainer() => new(Repository.PathOf("infra/container-apps/main.snapshot.json"));

    /// <summary>Reads one from a file.</summary>
    public static Snapshot Read(string path) => new(path);

    /// <summary>The resources of a type.</summary>
    public IReadOnlyList<JsonObject> All(string type) => [.. _resources.Where(resource => Text(resource["type"]) == type)];

    /// <summary>The one resource of a type.</summary>
    public JsonObject One(string type) => All(type).ShouldHaveSingleItem();

    /// <summary>A JSON string's text.</summary>
    public static string Text(JsonNode? node) => node!.GetValue<string>();
}
