using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Http;

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

internal sealed record PageFile(string Name, string ContentType, ReadOnlyMemory<byte> Bytes);

/// <summary>A file of the page, with headers that let it load only its own files and talk only to its own host.</summary>
internal sealed class PageAnswer(PageFile file) : IResult
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        response.ContentType = file.ContentType;
        response.ContentLength = file.Bytes.Length;
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "no-referrer";
        await response.Body.WriteAsync(file.Bytes, httpContext.RequestAborted);
    }
}
