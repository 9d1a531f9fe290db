using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class MergeTests
{
    [Fact]
    public async Task The_primary_takes_over_what_it_lacks_and_the_secondary_is_gone()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("new", """{"a":"mine"}""");
        await sandbox.IdentifyAsync("old", """{"a":"theirs","b":2,"email":"old@example.com","anonymous_id":"d1"}""");
        await sandbox.TrackAsync("old", """{"name":"bought"}""");
        await sandbox.SendAsync(HttpMethod.Put, "/api/v1/customers/old/devices", """{"device":{"id":"t1","platform":"ios"}}""");

        (await MergeAsync(sandbox, """{"primary":{"id":"new"},"secondary":{"id":"old"}}""")).ShouldBeAccepted();

        var person = sandbox.OnlyPerson();
        person.Id.ShouldBe("new");
        person.Email.ShouldBe("old@example.com");
        person.AnonymousIds.ShouldBe(["d1"]);
        person.Devices.Count.ShouldBe(1);
        sandbox.EventNames("new").ShouldBe(["bought"]);
        sandbox.Attribute("new", "a").ShouldBe("\"mine\"");
        sandbox.Attribute("new", "b").ShouldBe("2");
    }

    [Fact]
    public async Task Anonymous_events_of_the_secondary_go_to_the_primary_afterwards()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("new", "{}");
        await sandbox.IdentifyAsync("old", """{"anonymous_id":"d1"}""");
        await MergeAsync(sandbox, """{"primary":{"id":"new"},"secondary":{"id":"old"}}""");

        await sandbox.TrackAnonymousAsync("""{"name":"visited","anonymous_id":"d1"}""");

        sandbox.EventNames("new").ShouldBe(["visited"]);
    }

    [Theory]
    [InlineData("""{"primary":{"id":"nobody"},"secondary":{"id":"old"}}""")]
    [InlineData("""{"primary":{"id":"old"},"secondary":{"id":"nobody"}}""")]
    [InlineData("""{"primary":{"id":"old"},"secondary":{"email":"old@example.com"}}""")]
    public async Task Without_two_people_nothing_happens(string body)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("old", """{"email":"old@example.com"}""");

        (await MergeAsync(sandbox, body)).ShouldBeAccepted();

        sandbox.OnlyPerson().Id.ShouldBe("old");
        sandbox.Dropped("nothing_to_merge").ShouldBe(1);
    }

    [Theory]
    [InlineData("/api/v1/merge_customers", """{"primary":{"id":"new"},"secondary":{"id":"old"}}""")]
    [InlineData("/api/v2/entity", """{"type":"person","action":"merge","primary":{"id":"new"},"secondary":{"id":"old"}}""")]
    public async Task A_merge_into_somebody_who_was_just_made_does_nothing_where_that_is_asked_for(string path, string body)
    {
        await using var sandbox = await RunningSandbox.StartAsync(new SandboxOptions { Port = 0, MergeableAfter = TimeSpan.FromSeconds(30) });
        await sandbox.IdentifyAsync("old", """{"plan":"gold"}""");
        await sandbox.IdentifyAsync("new", "{}");

        (await sandbox.SendAsync(HttpMethod.Post, path, body)).ShouldBeAccepted();
        (int people, long dropped) early = (sandbox.Server.GetState().People.Count, sandbox.Dropped("nothing_to_merge"));
        sandbox.Time.Advance(TimeSpan.FromSeconds(30));
        (await sandbox.SendAsync(HttpMethod.Post, path, body)).ShouldBeAccepted();

        early.ShouldBe((2, 1));
        sandbox.OnlyPerson().Id.ShouldBe("new");
        sandbox.Attribute("new", "plan").ShouldBe("\"gold\"");
    }

    [Theory]
    [InlineData("""{"primary":{"id":"a"}}""", "secondary must have exactly one of id, email and cio_id")]
    [InlineData("""{"secondary":{"id":"a"}}""", "primary must have exactly one of id, email and cio_id")]
    [InlineData("""{"primary":{"id":"a","email":"a@example.com"},"secondary":{"id":"b"}}""", "primary must have exactly one of id, email and cio_id")]
    [InlineData("""{"primary":{"id":5},"secondary":{"id":"b"}}""", "primary must have exactly one of id, email and cio_id")]
    [InlineData("""{"primary":"a","secondary":{"id":"b"}}""", "primary must have exactly one of id, email and cio_id")]
    public async Task Each_side_has_exactly_one_identifier(string body, string error)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Reply reply = await MergeAsync(sandbox, body);

        ((int)reply.Status).ShouldBe(400);
        reply.MetaError.ShouldBe(error);
    }

    [Fact]
    public async Task A_cio_id_has_no_prefix_here_and_version_two_merges_too()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("new", "{}");
        await sandbox.IdentifyAsync("old@example.com", "{}");
        string cioId = sandbox.Person("new").CioId;

        (await sandbox.EntityAsync($$$"""{"type":"person","action":"merge","primary":{"cio_id":"{{{cioId}}}"},"secondary":{"email":"old@example.com"}}""")).ShouldBeAccepted();

        sandbox.OnlyPerson().Email.ShouldBe("old@example.com");
        sandbox.OnlyPerson().Id.ShouldBe("new");
    }

    private static Task<Reply> MergeAsync(RunningSandbox sandbox, string body) => sandbox.SendAsync(HttpMethod.Post, "/api/v1/merge_customers", body);
}
