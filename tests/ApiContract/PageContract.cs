using System.Text.RegularExpressions;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>The operator's page, file by file as a browser finds them.</summary>
public abstract partial class PageContract(HostUnderTest host) : ApiSuite(host)
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    [SuiteFact]
    public async Task The_page_and_every_file_it_names_are_there_and_load_nothing_from_elsewhere()
    {
        Dictionary<string, Answer> loaded = new(StringComparer.Ordinal);
        Queue<string> named = new(["/"]);
        while (named.TryDequeue(out string? path))
        {
            if (loaded.ContainsKey(path))
            {
                continue;
            }

            Answer answer = await Api.SendAsync("GET", path, null);
            loaded.Add(path, answer);
            answer.Status.ShouldBe(200, path);
            foreach (Match match in NamedFile().Matches(answer.Text))
            {
                named.Enqueue($"/page/{match.Groups["name"].Value}");
            }
        }

        loaded.Count.ShouldBeGreaterThan(5);
        foreach ((string path, Answer answer) in loaded)
        {
            answer.Headers["Content-Type"].ShouldBe(ContentTypeOf(path), path);
            answer.Headers["Content-Security-Policy"].ShouldBe(ContentSecurityPolicy, path);
            answer.Headers["X-Content-Type-Options"].ShouldBe("nosniff", path);
            answer.Headers["X-Frame-Options"].ShouldBe("DENY", path);
            answer.Headers["Referrer-Policy"].ShouldBe("no-referrer", path);
            answer.Headers["Cache-Control"].ShouldBe("no-store", path);
        }
    }

    private static string ContentTypeOf(string path) => Path.GetExtension(path) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "text/html; charset=utf-8",
    };

    [GeneratedRegex("""(/page/|from '\./|url\(\s*["']?)(?<name>[a-z]+\.[a-z]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedFile();
}
