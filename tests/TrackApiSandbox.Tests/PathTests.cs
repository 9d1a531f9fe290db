using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class PathTests
{
    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("100%")]
    [InlineData("a+b")]
    [InlineData("a b")]
    [InlineData("%&*/test.#@!~")]
    [InlineData("1/2==")]
    [InlineData("3/")]
    [InlineData("2 ")]
    [InlineData("用户-é-😀")]
    [InlineData("...")]
    [InlineData("a?b=c&d")]
    [InlineData("auth0|5f7c")]
    public async Task An_identifier_is_decoded_exactly_once(string identifier)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.IdentifyAsync(identifier, "{}")).ShouldBeAccepted();
        (await sandbox.TrackAsync(identifier, """{"name":"x"}""")).ShouldBeAccepted();

        sandbox.OnlyPerson().Id.ShouldBe(identifier);
        sandbox.OnlyPerson().Events.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("a+b@example.com")]
    [InlineData("é@exämple.com")]
    public async Task An_e_mail_is_decoded_too(string email)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await sandbox.IdentifyAsync(email, "{}");

        sandbox.OnlyPerson().Email.ShouldBe(email);
    }

    [Fact]
    public async Task An_at_sign_needs_no_encoding()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.SendRawAsync("PUT", "/api/v1/customers/a+b@example.com", "{}")).ShouldContain("200");

        sandbox.OnlyPerson().Email.ShouldBe("a+b@example.com");
    }

    [Theory]
    [InlineData("jane@example", "id")]
    [InlineData("@example.com", "id")]
    [InlineData("a@b@example.com", "id")]
    [InlineData("jane doe@example.com", "id")]
    [InlineData("jane@.com", "id")]
    [InlineData("jane@example.", "id")]
    [InlineData("jane@example.com", "email")]
    [InlineData("+15551234567", "id")]
    public async Task The_kind_of_identifier_is_guessed_from_its_shape(string identifier, string kind)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await sandbox.IdentifyAsync(identifier, "{}");

        (sandbox.OnlyPerson().Email is null ? "id" : "email").ShouldBe(kind);
    }

    [Theory]
    [InlineData("/api/v1/customers/../events")]
    [InlineData("/api/v1/customers/%2E%2e/events")]
    public async Task A_double_dot_collapses_into_the_anonymous_endpoint(string target)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.SendRawAsync("POST", target, """{"name":"x","anonymous_id":"d1"}""")).ShouldContain("200");

        sandbox.Server.GetState().AnonymousEvents.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("/api/v1/customers/%zz")]
    [InlineData("/api/v1/customers/100%")]
    [InlineData("/api/v1/customers/%FF")]
    [InlineData("/api/v1/customers/%C3")]
    [InlineData("/api/v1/customers/%ED%A0%80")]
    [InlineData("/api/v1/customers/%00")]
    public async Task A_broken_escape_is_refused(string target)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.SendRawAsync("PUT", target, "{}")).ShouldContain("400");

        sandbox.Server.GetState().People.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/../../../etc/passwd")]
    [InlineData("/api/v1/customers/a/b/c/d/e")]
    [InlineData("//api/v1/events")]
    [InlineData("/")]
    [InlineData("/API/v1/events")]
    [InlineData("/api/v1/segments/1/add_customers")]
    [InlineData("*")]
    public async Task A_path_without_a_route_is_not_found(string target)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.SendRawAsync(target == "*" ? "OPTIONS" : "POST", target, "{}")).ShouldContain("404");
    }

    [Fact]
    public async Task An_absolute_target_and_a_query_are_understood()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.SendRawAsync("PUT", $"http://127.0.0.1/api/v1/customers/u1?a=/b", "{}")).ShouldContain("200");

        sandbox.OnlyPerson().Id.ShouldBe("u1");
    }

    [Theory]
    [InlineData("GET", "/api/v1/customers/u1")]
    [InlineData("PUT", "/api/v1/customers/u1/events")]
    [InlineData("POST", "/api/v1/customers/u1/devices")]
    [InlineData("GET", "/api/v1/customers/u1/devices/t1")]
    [InlineData("DELETE", "/api/v1/customers/u1/suppress")]
    [InlineData("GET", "/api/v1/customers/u1/unsuppress")]
    [InlineData("GET", "/api/v1/events")]
    [InlineData("PUT", "/api/v1/merge_customers")]
    [InlineData("POST", "/api/v1/accounts/region")]
    [InlineData("PUT", "/api/v2/entity")]
    [InlineData("GET", "/api/v2/batch")]
    public async Task A_known_path_with_another_method_is_refused(string method, string path)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        ((int)(await sandbox.SendAsync(new HttpMethod(method), path)).Status).ShouldBe(405);
    }
}
