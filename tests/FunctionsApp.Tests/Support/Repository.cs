using System.Reflection;
using System.Text.Json.Nodes;

namespace CustomerIoDestination.FunctionsApp.Tests.Support;

/// <summary>The checked-in files, where the build found them.</summary>
internal static class Repository
{
    private static readonly string Root =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>A file's text.</summary>
    public static string Text(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    /// <summary>The texts of a folder's files, one behind the other.</summary>
    public static string Texts(string relative) => string.Concat(Directory.EnumerateFiles(Path.Combine(Root, relative)).Select(File.ReadAllText));

    /// <summary>A JSON file.</summary>
    public static JsonNode Json(string relative) => JsonNode.Parse(Text(relative))!;
}
