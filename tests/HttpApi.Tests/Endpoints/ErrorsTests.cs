using CustomerIoDestination.HttpApi.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.HttpApi.Tests.Endpoints;

public sealed class ErrorsTests
{
    private const string Marked = "MARKED-ada@example.com";

    [Theory]
    [InlineData("GET", "/nowhere")]
    [InlineData("POST", "/api")]
    [InlineData("GET", "/api/events/a/b")]
    [InlineData("GET", "/page/secret.txt")]
    [InlineData("GET", "/page/..%2f..%2fappsettings.json")]
    public async Task A_path_that_leads_nowhere_has_a_body(string method, string path)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        (await host.SendAsync(method, path, content: null).ErrorAsync()).ShouldBe("404 unknown_route");
    }

    [Theory]
    [InlineData("GET", "/api/events", "POST")]
    [InlineData("DELETE", "/api/dead-letters/7", "GET")]
    [InlineData("PUT", "/api/preview", "POST")]
    [InlineData("POST", "/", "GET")]
    [InlineData("OPTIONS", "/api/status", "GET")]
    public async Task A_wrong_method_has_a_body_and_says_which_would_do(string method, string path, string allowed)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.SendAsync(method, path, content: null);

        ((int)response.StatusCode).ShouldBe(405);
        (await response.CodeAsync()).ShouldBe("method_not_allowed");
        response.Content.Headers.Allow.ShouldBe([allowed]);
    }

    [Fact]
    public async Task An_endpoint_that_throws_answers_a_body_without_the_message_of_the_exception()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.DeliveryLog.Failure = new InvalidOperationException(Marked, new NotSupportedException(Marked));

        using HttpResponseMessage response = await host.GetAsync("/api/deliveries");

        ((int)response.StatusCode).ShouldBe(500);
        (await response.Content.ReadAsStringAsync()).ShouldNotContain(Marked);
        (await response.CodeAsync()).ShouldBe("internal_error");
    }

    [Fact]
    public async Task An_endpoint_that_throws_is_logged_by_type_and_place_without_the_message()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.DeliveryLog.Failure = new InvalidOperationException(Marked, new NotSupportedException(Marked));

        await host.GetAsync("/api/deliveries").StatusAsync();

        string logs = string.Join('\n', host.Logs.GetSnapshot().Select(record => $"{record.Message} {record.Exception}"));
        logs.ShouldContain("Request to Deliveries failed: System.InvalidOperationException");
        logs.ShouldContain("caused by System.NotSupportedException");
        logs.ShouldContain(nameof(FakeDeliveryLog));
        logs.ShouldNotContain(Marked);
    }

    [Fact]
    public async Task A_caller_who_left_is_no_failure_of_ours()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.DeliveryLog.Failure = new OperationCanceledException();
        var context = new DefaultHttpContext { RequestAborted = new CancellationToken(canceled: true) };
        context.Request.Host = new HostString("localhost");

        await host.Api.HandleAsync(ApiRoutes.Deliveries, context.Request);

        host.Logs.GetSnapshot().ShouldNotContain(record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task No_error_quotes_what_was_sent()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string meant = "X-Requested-With: destination";
        HttpResponseMessage[] answers =
        [
            await host.GetAsync($"/{Marked}"),
            await host.GetAsync($"/api/events/{Marked}"),
            await host.GetAsync($"/api/dead-letters/{Marked}"),
            await host.GetAsync($"/page/{Marked}"),
            await host.GetAsync($"/api/deliveries?limit={Marked}"),
            await host.GetAsync($"/api/deliveries?outcome={Marked}"),
            await host.GetAsync($"/api/deliveries?kind={Marked}"),
            await host.GetAsync($"/api/dead-letters?reason={Marked}"),
            await host.PostAsync("/api/dead-letters/replay", $$"""{"{{Marked}}":true}""", meant),
            await host.PostAsync("/api/dead-letters/replay", $$"""{"reason":"{{Marked}}"}""", meant),
            await host.PostAsync("/api/dead-letters/discard", Marked, meant),
            await host.PostAsync("/api/events", Some.TrackJson(Marked), $"X-Lane: {Marked}"),
            await host.PostAsync("/api/events", Some.TrackJson(Marked), $"Content-Encoding: {Marked}"),
            await host.PostAsync("/api/events", Some.TrackJson(Marked), "Content-Encoding: gzip"),
            await host.PostAsync("/api/events", Some.TrackJson(Marked), $"Origin: http://{Marked}"),
        ];

        foreach (HttpResponseMessage answer in answers)
        {
            ((int)answer.StatusCode).ShouldBeGreaterThanOrEqualTo(400);
            (await answer.Content.ReadAsStringAsync()).ShouldNotContain("MARKED");
            answer.Headers.ToString().ShouldNotContain("MARKED");
            (await answer.CodeAsync()).ShouldNotBeEmpty();
        }

        host.Logs.GetSnapshot()
            .Where(record => record.Category!.StartsWith("CustomerIoDestination", StringComparison.Ordinal))
            .ShouldAllBe(record => !record.Message.Contains("MARKED"));
    }

    [Fact]
    public async Task Answers_are_not_cached_and_not_guessed_at()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        foreach (string path in (string[])["/api/status", "/nowhere"])
        {
            using HttpResponseMessage response = await host.GetAsync(path);
            response.Headers.CacheControl!.NoStore.ShouldBeTrue();
            response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            response.Content.Headers.ContentType!.ToString().ShouldBe("application/json; charset=utf-8");
        }
    }
}
