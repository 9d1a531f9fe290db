using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Browser.Tests.Support;

/// <summary>
/// Somebody's website: a page with Freshpaint's snippet, a stand-in for what is documented of <c>freshpaint.js</c>, and the script that forwards. <c>localhost</c> is
/// another origin than <c>127.0.0.1</c>, at the same port.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    public const string WriteKey = "write-key-of-this-site";

    // The snippet notes calls as arrays until the library has loaded, calls page() at once, and its array is in the page from then on.
    private const string Snippet = """
        (function (document, freshpaint) {
          window.freshpaint = freshpaint;
          freshpaint._i = [];
          freshpaint.init = function (environment) {
            'track identify page group alias reset ready addEventProperties removeEventProperty addPageviewProperties'.split(' ').forEach(function (name) {
              freshpaint[name] = function () { freshpaint.push([name].concat([].slice.call(arguments))); };
            });
            freshpaint._i.push([environment]);
          };
          var script = document.createElement('script');
          script.async = true;
          script.src = '/freshpaint.js';
          document.head.appendChild(script);
        })(document, window.freshpaint || []);
        freshpaint.init('environment');
        freshpaint.page();
        """;

    private const string Library = """
        (function () {
          var cookie = document.cookie.match(/device=([^;]+)/);
          var device = cookie ? cookie[1] : made();
          function made() {
            var id = Math.random().toString(16).slice(2) + '-' + Date.now().toString(16);
            document.cookie = 'device=' + id;
            return id;
          }
          var traits = {};
          window.seen = [];
          var freshpaint = { user: function () { return { anonymousId: function () { return device; }, traits: function () { return traits; } }; } };
          'track identify page group alias addEventProperties removeEventProperty addPageviewProperties'.split(' ').forEach(function (name) {
            freshpaint[name] = function () { window.seen.push([name].concat([].slice.call(arguments))); };
          });
          freshpaint.reset = function () { window.seen.push(['reset']); traits = {}; device = made(); };
          freshpaint.ready = function (callback) { callback(); };
          window.freshpaint.forEach(function (call) { freshpaint[call[0]].apply(freshpaint, call.slice(1)); });
          window.freshpaint = freshpaint;
        })();
        """;

    private readonly WebApplication _app;

    private Site(WebApplication app) => _app = app;

    /// <summary>The destination's address, which pages send to; known when it has started, and it needs this site's origin before.</summary>
    public Uri? Destination { get; set; }

    /// <summary>The origin that may send.</summary>
    public string Origin => _app.Urls.First();

    public static async Task<Site> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var site = new Site(app);
        TaskCompletionSource forwards = new(TaskCreationOptions.RunContinuationsAsynchronously);
        string script = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "freshpaint-browser.min.js"));
        app.MapGet("/", (HttpContext context) => Results.Content(site.Html(context.Request.Query["attributes"]), "text/html"));
        app.MapGet("/freshpaint.js", async () =>
        {
            // As from a server far away: what a page loads itself is there before it.
            await forwards.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await Task.Delay(200);
            return Results.Content(Library, "text/javascript");
        });
        app.MapGet("/forward.js", () =>
        {
            forwards.TrySetResult();
            return Results.Content(script, "text/javascript");
        });
        await app.StartAsync();
        return site;
    }

    /// <summary>The page's address.</summary>
    /// <param name="attributes">More of the script's attributes, for instance <c>data-offline</c>.</param>
    /// <param name="host">The name in the address, and so the origin.</param>
    public string Page(string attributes = "", string host = "127.0.0.1") =>
        $"http://{host}:{new Uri(Origin).Port}/?attributes={Uri.EscapeDataString(attributes)}";

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private string Html(string? attributes) => $"""
        <!DOCTYPE html>
        <title>Book an appointment</title>
        <script>{Snippet}</script>
        <script src="/forward.js" data-url="{Destination}api/events" data-write-key="{WriteKey}" {attributes}></script>
        """;
}
