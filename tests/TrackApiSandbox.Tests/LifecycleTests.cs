using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class LifecycleTests
{
    [Fact]
    public async Task A_deleted_person_is_gone_and_the_identifiers_are_free()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"email":"jane@example.com","anonymous_id":"d1"}""");

        (await sandbox.SendAsync(HttpMethod.Delete, "/api/v1/customers/u1")).ShouldBeAccepted();
        sandbox.Server.GetState().People.ShouldBeEmpty();

        await sandbox.IdentifyAsync("u2", """{"email":"jane@example.com","anonymous_id":"d1"}""");
        sandbox.OnlyPerson().Email.ShouldBe("jane@example.com");
        sandbox.OnlyPerson().AnonymousIds.ShouldBe(["d1"]);
    }

    [Fact]
    public async Task Deleting_nobody_is_accepted()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.SendAsync(HttpMethod.Delete, "/api/v1/customers/nobody")).ShouldBeAccepted();
    }

    [Fact]
    public async Task A_call_after_the_deletion_creates_the_person_anew()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"a":1}""");
        string before = sandbox.Person("u1").CioId;
        await sandbox.SendAsync(HttpMethod.Delete, "/api/v1/customers/u1");

        await sandbox.TrackAsync("u1", """{"name":"back"}""");

        sandbox.Person("u1").CioId.ShouldNotBe(before);
        sandbox.Person("u1").Attributes.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_suppressed_person_is_deleted_and_every_identifier_ignored()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"email":"jane@example.com"}""");

        (await sandbox.SendAsync(HttpMethod.Post, "/api/v1/customers/u1/suppress")).ShouldBeAccepted();
        (await sandbox.IdentifyAsync("u1", """{"a":1}""")).ShouldBeAccepted();
        (await sandbox.TrackAsync("JANE@example.com", """{"name":"opened"}""")).ShouldBeAccepted();

        sandbox.Server.GetState().People.ShouldBeEmpty();
        sandbox.Server.GetState().Suppressed.ShouldContain("u1");
        sandbox.Server.GetState().Suppressed.ShouldContain("jane@example.com");
        sandbox.Dropped("suppressed").ShouldBe(2);
    }

    [Fact]
    public async Task A_suppressed_e_mail_is_not_given_to_another_person()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.SendAsync(HttpMethod.Post, "/api/v1/customers/jane%40example.com/suppress");

        (await sandbox.IdentifyAsync("u1", """{"email":"jane@example.com","a":1}""")).ShouldBeAccepted();

        sandbox.Person("u1").Email.ShouldBeNull();
        sandbox.Attribute("u1", "a").ShouldBe("1");
    }

    [Fact]
    public async Task Unsuppress_releases_all_identifiers_of_the_person()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"email":"jane@example.com"}""");
        await sandbox.SendAsync(HttpMethod.Post, "/api/v1/customers/u1/suppress");

        (await sandbox.SendAsync(HttpMethod.Post, "/api/v1/customers/jane%40example.com/unsuppress")).ShouldBeAccepted();
        await sandbox.IdentifyAsync("u1", "{}");

        sandbox.OnlyPerson().Id.ShouldBe("u1");
        sandbox.Server.GetState().Suppressed.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_ignored_for_suppression_may_come_again_later()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.SendAsync(HttpMethod.Post, "/api/v1/customers/u1/suppress");
        await sandbox.TrackAsync("u1", """{"name":"opened","id":"01BX5ZZKBKACTAV9WEVGEMMVRY"}""");
        await sandbox.SendAsync(HttpMethod.Post, "/api/v1/customers/u1/unsuppress");

        await sandbox.TrackAsync("u1", """{"name":"opened","id":"01BX5ZZKBKACTAV9WEVGEMMVRY"}""");

        sandbox.EventNames("u1").ShouldBe(["opened"]);
    }
}
