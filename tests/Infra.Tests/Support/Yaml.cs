using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace CustomerIoDestination.Infra.Support;

/// <summary>Reads YAML as JSON, every scalar as text.</summary>
internal static class Yaml
{
    /// <summary>Reads a checked-in file; fails on anything that is no YAML.</summary>
    public static JsonNode Read(string relative) =>
        JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(new DeserializerBuilder().Build().Deserialize(Repository.Text(relative))!))!;
}
