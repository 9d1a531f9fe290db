using System.Reflection;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.Infra.Support;

/// <summary>The checked-in files, where the build found them.</summary>
internal static class Repository
{
    /// <summary>Where tests may write.</summary>
    public static string Scratch { get; } = Metadata("ScratchDirectory");

    /// <summary>The Bicep CLI inside its package; not executable there.</summary>
    public static string BicepCommandLine { get; } = Metadata("BicepCommandLine");

    /// <summary>The full path of a file or folder.</summary>
    public static string PathOf(string relative) => Path.Combine(Metadata("RepositoryRoot"), relative);

    /// <summary>A file's text.</summary>
    public static string Text(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>A JSON file.</summary>
    public static JsonNode Json(string relative) => JsonNode.Parse(Text(relative))!;

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
