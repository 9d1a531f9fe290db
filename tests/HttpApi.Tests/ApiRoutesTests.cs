using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Tests.Support;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi.Tests;

public sealed class ApiRoutesTests
{
    private static readonly DestinationSettings WithKeys = new()
    {
        Ingest = new IngestSettings { Keys = [new Secret("ingest-key")] },
        Admin = new AdminSettings { Keys = [new Secret("admin-key")] },
    };

    public static TheoryData<string> Names => [.. ApiRoutes.All.Select(route => route.Name)];

    [Fact]
    public void Every_route_has_the_requirement_written_here()
    {
        string[] routes = [.. ApiRoutes.All.Select(route => $"{route} {route.Requirement}{(route.Mutating ? " mutating" : "")}").Order(StringComparer.Ordinal)];

        routes.ShouldBe(
        [
            "DELETE /api/people/forget Admin mutating",
            "GET / Public",
            "GET /api/dead-letters Admin",
            "GET /api/dead-letters/{id} Admin",
            "GET /api/deliveries Admin",
            "GET /api/events/{eventId} Admin",
            "GET /api/health Public",
            "GET /api/status Admin",
            "GET /page/{file} Public",
            "POST /api/dead-letters/discard Admin mutating",
            "POST /api/dead-letters/replay Admin mutating",
            "POST /api/destination/resume Admin mutating",
            "POST /api/events Ingest",
            "POST /api/people/forget Admin mutating",
            "POST /api/preview Admin",
        ]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_route_that_is_not_public_is_closed_without_a_key(string name)
    {
        ApiRoute route = Find(name);
        await using ApiHost host = await ApiHost.StartAsync(WithKeys, KeylessPolicy.Refuse);

        int status = await SendAsync(host, route).StatusAsync();

        status.ShouldBe(route.Requirement == RouteRequirement.Public ? 200 : 401);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_ingest_key_opens_ingest_and_nothing_that_reads(string name)
    {
        ApiRoute route = Find(name);
        await using ApiHost host = await ApiHost.StartAsync(WithKeys, KeylessPolicy.Refuse);

        int status = await SendAsync(host, route, "X-Ingest-Key: ingest-key", "X-Admin-Key: ingest-key").StatusAsync();

        (status == 401).ShouldBe(route.Requirement == RouteRequirement.Admin);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_admin_key_opens_all_but_ingest(string name)
    {
        ApiRoute route = Find(name);
        await using ApiHost host = await ApiHost.StartAsync(WithKeys, KeylessPolicy.Refuse);

        int status = await SendAsync(host, route, "X-Admin-Key: admin-key", "X-Ingest-Key: admin-key").StatusAsync();

        (status == 401).ShouldBe(route.Requirement == RouteRequirement.Ingest);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_host_that_can_be_reached_from_outside_stays_closed_until_keys_are_configured(string name)
    {
        ApiRoute route = Find(name);
        await using ApiHost host = await ApiHost.StartAsync(keyless: KeylessPolicy.Refuse);

        using HttpResponseMessage response = await SendAsync(host, route);

        if (route.Requirement == RouteRequirement.Public)
        {
            ((int)response.StatusCode).ShouldBe(200);
        }
        else
        {
            (await response.CodeAsync()).ShouldBe("keys_missing");
            ((int)response.StatusCode).ShouldBe(403);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_route_that_changes_something_wants_to_be_meant(string name)
    {
        ApiRoute route = Find(name);
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.SendAsync(route.Method, PathOf(route), BodyOf(route));

        ((int)response.StatusCode == 403).ShouldBe(route.Mutating);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Without_keys_another_sites_page_is_refused_on_every_route(string name)
    {
        ApiRoute route = Find(name);
        await using ApiHost host = await ApiHost.StartAsync();

        (await SendAsync(host, route, "Origin: https://evil.example").ErrorAsync()).ShouldBe("403 foreign_origin");
        (await SendAsync(host, route, "Sec-Fetch-Site: cross-site").ErrorAsync()).ShouldBe("403 foreign_origin");
    }

    [Fact]
    public async Task Without_keys_the_fallback_refuses_another_sites_page_too()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        (await host.GetAsync("/nowhere", "Sec-Fetch-Site: cross-site").ErrorAsync()).ShouldBe("403 foreign_origin");
    }

    private static ApiRoute Find(string name) => ApiRoutes.All.Single(route => route.Name == name);

    private static Task<HttpResponseMessage> SendAsync(ApiHost host, ApiRoute route, params string[] headers)
    {
        host.DeadLetters.Letters.Add(Some.StoredLetter());
        host.DeliveryLog.Entries.Add(Some.Delivery());
        return host.SendAsync(route.Method, PathOf(route), BodyOf(route), [.. headers, "X-Requested-With: destination"]);
    }

    private static string PathOf(ApiRoute route) => route.Pattern
        .Replace("{eventId}", Some.EventId, StringComparison.Ordinal)
        .Replace("{id}", "7", StringComparison.Ordinal)
        .Replace("{file}", "app.js", StringComparison.Ordinal);

    private static StringContent? BodyOf(ApiRoute route) => route switch
    {
        { Method: "GET" } => null,
        { Pattern: "/api/people/forget" } => new StringContent("""{"id":"u-1"}"""),
        { Mutating: true } => new StringContent("""{"all":true}"""),
        _ => new StringContent(Some.TrackJson()),
    };
}
