using System.Net;
using System.Text.Json.Nodes;
using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class AssertionTests
{
    [Theory]
    [InlineData("""{"state":{"people":[{"id":"u1"}]}}""")]
    [InlineData("""{"state":{"people":[{"email":"jane@example.com","attributes":{"plan":"gold"},"unsubscribed":false}]}}""")]
    [InlineData("""{"state":{"people":[{"id":"u1","events":[{"name":"One","data":{"a":1}},{"name":"Three"}]}]}}""")]
    [InlineData("""{"state":{"people":[{"id":"u2"},{"id":"u1"}],"suppressed":[]},"absent":["u3"]}""")]
    [InlineData("""{"stats":{"people":2,"dropped":{}}}""")]
    public async Task An_assertion_that_holds_is_answered_with_200(string expectation)
    {
        await using RunningSandbox sandbox = await FilledAsync();

        Reply reply = await AssertAsync(sandbox, expectation);

        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Json.ToJsonString());
        JsonNode.DeepEquals(reply.Json, JsonNode.Parse("""{"holds":true,"differences":[]}""")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"state":{"people":[{"id":"u3"}]}}""", "state.people[0]: no element is {\"id\":\"u3\"}")]
    [InlineData("""{"state":{"people":[{"id":"u1","events":[{"name":"Three"},{"name":"One"}]}]}}""", "state.people[0]: no element is")]
    [InlineData("""{"state":{"people":[{"id":"u1"},{"id":"u1"}]}}""", "state.people[1]: no element is")]
    [InlineData("""{"state":{"people":[]}}""", "state.people has 2 elements and should have none")]
    [InlineData("""{"stats":{"people":7}}""", "stats.people is 2 and should be 7")]
    [InlineData("""{"stats":{"dropped":{"outdated":1}}}""", "stats.dropped.outdated is not there")]
    [InlineData("""{"absent":["jane@example.com"]}""", "absent: jane@example.com is there")]
    public async Task An_assertion_that_does_not_hold_is_answered_with_422_and_the_difference(string expectation, string difference)
    {
        await using RunningSandbox sandbox = await FilledAsync();

        Reply reply = await AssertAsync(sandbox, expectation);

        reply.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        reply.Json["holds"]!.GetValue<bool>().ShouldBeFalse();
        reply.Json["differences"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldStartWith(difference);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData("""{"people":[]}""")]
    [InlineData("""{"absent":"u1"}""")]
    [InlineData("""{"absent":[1]}""")]
    public async Task A_body_that_is_no_assertion_is_refused(string expectation)
    {
        await using RunningSandbox sandbox = await FilledAsync();

        (await AssertAsync(sandbox, expectation)).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static async Task<RunningSandbox> FilledAsync()
    {
        RunningSandbox sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"email":"jane@example.com","plan":"gold"}""");
        await sandbox.IdentifyAsync("u2", "{}");
        foreach (string name in new[] { "One", "Two", "Three" })
        {
            await sandbox.TrackAsync("u1", $$$"""{"name":"{{{name}}}","data":{"a":1}}""");
        }

        return sandbox;
    }

    private static Task<Reply> AssertAsync(RunningSandbox sandbox, string expectation) => sandbox.SendAsync(HttpMethod.Post, "/sandbox/assert", expectation);
}
