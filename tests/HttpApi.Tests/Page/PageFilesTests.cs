using System.Text;
using System.Text.RegularExpressions;
using CustomerIoDestination.HttpApi.Page;
using CustomerIoDestination.HttpApi.Tests.Support;

namespace CustomerIoDestination.HttpApi.Tests.Page;

public sealed partial class PageFilesTests
{
    public static TheoryData<string> Names => [.. PageFiles.All.Select(file => file.Name)];

    [Fact]
    public async Task The_page_is_at_the_root()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.GetAsync("/");

        ((int)response.StatusCode).ShouldBe(200);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        (await response.Content.ReadAsStringAsync()).ShouldStartWith("<!doctype html>");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_file_of_the_page_lets_a_browser_load_nothing_from_elsewhere(string name)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.GetAsync(name == "index.html" ? "/" : $"/page/{name}");

        ((int)response.StatusCode).ShouldBe(200);
        string policy = response.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldNotContain("unsafe");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public void The_page_has_no_code_or_style_of_its_own_in_the_html()
    {
        string html = Text("index.html");

        html.ShouldNotContain("style=");
        html.ShouldNotContain("<style");
        InlineHandler().IsMatch(html).ShouldBeFalse();
        ScriptTag().Matches(html).Select(match => match.Value).ShouldAllBe(tag => tag.Contains("src=\"/page/"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_in_the_page_parses_html_or_comes_from_elsewhere(string name)
    {
        string text = Text(name);

        foreach (string forbidden in (string[])["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "localStorage", "sessionStorage", "document.cookie", "@import"])
        {
            text.ShouldNotContain(forbidden);
        }

        foreach (Match match in Reference().Matches(text))
        {
            match.Groups["target"].Value.ShouldStartWith("/page/");
        }
    }

    [Fact]
    public void Every_file_the_page_names_exists()
    {
        string[] named = [.. PageFiles.All.SelectMany(file => NamedFile().Matches(Text(file.Name)).Select(match => match.Groups["name"].Value)).Distinct()];

        named.ShouldNotBeEmpty();
        named.ShouldAllBe(name => PageFiles.Find(name) != null);
    }

    [Fact]
    public void Every_element_the_scripts_ask_for_is_in_the_page()
    {
        string html = Text("index.html");
        string[] ids = [.. PageFiles.All.Where(file => file.Name.EndsWith(".js", StringComparison.Ordinal)).SelectMany(file => AskedId().Matches(Text(file.Name)).Select(match => match.Groups["id"].Value)).Distinct()];

        ids.Length.ShouldBeGreaterThan(20);
        ids.ShouldAllBe(id => html.Contains($"id=\"{id}\"", StringComparison.Ordinal));
    }

    private static string Text(string name) => Encoding.UTF8.GetString(PageFiles.Find(name)!.Bytes.Span);

    [GeneratedRegex("""\son[a-z]+\s*=""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InlineHandler();

    [GeneratedRegex("<script[^>]*>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ScriptTag();

    [GeneratedRegex("""(src|href)="(?<target>/[^"]*)"|url\((?<target>[^)]*)\)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();

    [GeneratedRegex("""(/page/|from '\./)(?<name>[a-z]+\.[a-z]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedFile();

    [GeneratedRegex("""(byId|setText)\('(?<id>[a-z-]+)'""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AskedId();
}
