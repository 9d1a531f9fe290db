using System.Net;
using System.Net.Http.Headers;
using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class AuthenticationTests
{
    private static readonly SandboxOptions Guarded = new() { Port = 0, SiteId = "site", ApiKey = "a+b/c?key>>" };

    [Fact]
    public async Task Without_settings_any_site_id_and_key_are_let_in()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await RegionAsync(sandbox, RunningSandbox.Basic("anything", "at all"))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("", "key")]
    [InlineData("site", "")]
    public async Task An_empty_part_is_never_let_in(string siteId, string apiKey)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await RegionAsync(sandbox, RunningSandbox.Basic(siteId, apiKey))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_configured_credentials_are_let_in()
    {
        await using var sandbox = await RunningSandbox.StartAsync(Guarded);

        (await RegionAsync(sandbox, RunningSandbox.Basic("site", "a+b/c?key>>"))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_url_alphabet_of_base64_is_let_in_too()
    {
        await using var sandbox = await RunningSandbox.StartAsync(Guarded);
        string token = RunningSandbox.Basic("site", "a+b/c?key>>").Parameter!;
        token.ShouldContain('+');

        (await RegionAsync(sandbox, new AuthenticationHeaderValue("Basic", token.Replace('+', '-').Replace('/', '_')))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("site", "other")]
    [InlineData("other", "a+b/c?key>>")]
    [InlineData("SITE", "a+b/c?key>>")]
    public async Task Other_credentials_are_refused_even_after_right_ones(string siteId, string apiKey)
    {
        await using var sandbox = await RunningSandbox.StartAsync(Guarded);
        await RegionAsync(sandbox, RunningSandbox.Basic("site", "a+b/c?key>>"));

        Reply reply = await RegionAsync(sandbox, RunningSandbox.Basic(siteId, apiKey));

        reply.Status.ShouldBe(HttpStatusCode.Unauthorized);
        reply.MetaError.ShouldBe("Unauthorized request. Make sure that you provided the right credentials.");
    }

    [Theory]
    [InlineData("Bearer", "c2l0ZTprZXk=")]
    [InlineData("Basic", "not base64")]
    [InlineData("Basic", "bm9jb2xvbg==")]
    public async Task Credentials_that_are_no_basic_pair_are_refused(string scheme, string token)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await RegionAsync(sandbox, new AuthenticationHeaderValue(scheme, token))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("PUT", "/api/v1/customers/u1")]
    [InlineData("DELETE", "/api/v1/customers/u1")]
    [InlineData("POST", "/api/v1/customers/u1/events")]
    [InlineData("POST", "/api/v1/events")]
    [InlineData("POST", "/api/v2/batch")]
    [InlineData("POST", "/api/v2/entity")]
    [InlineData("GET", "/api/nothing")]
    public async Task Every_route_wants_credentials_and_changes_nothing_without(string method, string path)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", "{}");
        sandbox.Client.DefaultRequestHeaders.Authorization = null;

        (await sandbox.SendAsync(new HttpMethod(method), path, """{"name":"x"}""")).Status.ShouldBe(HttpStatusCode.Unauthorized);

        sandbox.OnlyPerson().Events.ShouldBeEmpty();
    }

    private static Task<Reply> RegionAsync(RunningSandbox sandbox, AuthenticationHeaderValue authorization) =>
        sandbox.SendAsync(HttpMethod.Get, "/api/v1/accounts/region", authorization: authorization);
}
