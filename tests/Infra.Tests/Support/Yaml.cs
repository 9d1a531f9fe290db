using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace CustomerIoDestination.Infra.Support;

/// <summary>Reads YAML as JSON, every scalar as text.</summary>
internal static class Yaml
{
    /// <summary>Reads a checked-in file; fails on anything that is no YAML.</summary>
    public static JsonNode Read(string relative) => Parse(Repository.Text(relative));

    /// <summary>Reads every document of a checked-in file.</summary>
    public static JsonNode[] ReadAll(string relative) => [.. Repository.Text(relative).Split("\n---\n").Select(Parse)];

    private static JsonNode Parse(string text) =>
        JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(new DeserializerBuilder().Build().Deserialize(text)!))!;
}
