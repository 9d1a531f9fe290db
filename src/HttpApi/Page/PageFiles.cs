using System.Collections.Frozen;
using System.Reflection;

namespace CustomerIoDestination.HttpApi.Page;

/// <summary>The page's files, embedded in this assembly: the host shows them from any working directory.</summary>
internal static class PageFiles
{
    private const string IndexName = "index.html";

    private static readonly FrozenDictionary<string, PageFile> ByName = Load();

    /// <summary>The page itself.</summary>
    public static PageFile Index => ByName[IndexName];

    /// <summary>Every file.</summary>
    public static IReadOnlyCollection<PageFile> All => ByName.Values;

    /// <summary>The file of that name; null when the page has none.</summary>
    public static PageFile? Find(string name) => ByName.GetValueOrDefault(name);

    private static FrozenDictionary<string, PageFile> Load()
    {
        const string Prefix = "page/";
        Assembly assembly = typeof(PageFiles).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(resource => new PageFile(resource[Prefix.Length..], ContentTypeOf(resource), Read(assembly, resource)))
            .ToFrozenDictionary(file => file.Name, StringComparer.Ordinal);
    }

    private static string ContentTypeOf(string resource) => Path.GetExtension(resource) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new NotSupportedException($"The page has no content type for {other} files."),
    };

    private static byte[] Read(Assembly assembly, string resource)
    {
        using Stream stream = assembly.GetManifestResourceStream(resource)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
