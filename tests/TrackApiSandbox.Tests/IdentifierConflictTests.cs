using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class IdentifierConflictTests
{
    [Fact]
    public async Task A_new_id_claims_the_profile_that_has_the_e_mail_only()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("jane@example.com", """{"a":1}""");
        string cioId = sandbox.OnlyPerson().CioId;

        (await sandbox.IdentifyAsync("u1", """{"email":"jane@example.com","b":2}""")).ShouldBeAccepted();

        sandbox.OnlyPerson().CioId.ShouldBe(cioId);
        sandbox.OnlyPerson().Id.ShouldBe("u1");
        sandbox.OnlyPerson().Attributes.Keys.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task An_e_mail_of_a_person_with_another_id_stays_there_and_the_rest_is_applied()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"email":"jane@example.com"}""");

        (await sandbox.IdentifyAsync("u2", """{"email":"jane@example.com","plan":"pro"}""")).ShouldBeAccepted();

        sandbox.Person("jane@example.com").Id.ShouldBe("u1");
        sandbox.Person("u2").Email.ShouldBeNull();
        sandbox.Attribute("u2", "plan").ShouldBe("\"pro\"");
        sandbox.Dropped("identifier_of_another_person").ShouldBe(1);
    }

    [Fact]
    public async Task A_known_id_does_not_claim_a_profile_that_has_the_e_mail_only()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", "{}");
        await sandbox.IdentifyAsync("jane@example.com", "{}");

        (await sandbox.IdentifyAsync("u1", """{"email":"jane@example.com"}""")).ShouldBeAccepted();

        sandbox.Person("u1").Email.ShouldBeNull();
        sandbox.Person("jane@example.com").Id.ShouldBeNull();
        sandbox.Dropped("identifier_of_another_person").ShouldBe(1);
    }

    [Fact]
    public async Task An_id_changes_its_e_mail_to_a_free_one()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"email":"old@example.com"}""");

        await sandbox.IdentifyAsync("u1", """{"email":"new@example.com"}""");

        sandbox.OnlyPerson().Email.ShouldBe("new@example.com");
        sandbox.Server.FindPerson("old@example.com").ShouldBeNull();
    }

    [Fact]
    public async Task An_unknown_e_mail_goes_to_the_person_whose_id_the_body_names()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", "{}");

        await sandbox.IdentifyAsync("jane@example.com", """{"id":"u1"}""");

        sandbox.OnlyPerson().Email.ShouldBe("jane@example.com");
        sandbox.OnlyPerson().Id.ShouldBe("u1");
    }

    [Fact]
    public async Task An_e_mail_path_with_a_new_id_creates_one_person_with_both()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await sandbox.IdentifyAsync("jane@example.com", """{"id":"u1"}""");

        sandbox.OnlyPerson().ShouldSatisfyAllConditions(
            person => person.Email.ShouldBe("jane@example.com"),
            person => person.Id.ShouldBe("u1"));
    }

    [Fact]
    public async Task A_known_e_mail_without_an_id_gets_a_free_one()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("jane@example.com", "{}");

        await sandbox.IdentifyAsync("jane@example.com", """{"id":"u1"}""");

        sandbox.OnlyPerson().Id.ShouldBe("u1");
    }

    [Fact]
    public async Task An_id_that_is_set_is_not_changed_by_e_mail()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("jane@example.com", """{"id":"u1"}""");

        (await sandbox.IdentifyAsync("jane@example.com", """{"id":"u2","a":1}""")).ShouldBeAccepted();

        sandbox.OnlyPerson().Id.ShouldBe("u1");
        sandbox.Attribute("u1", "a").ShouldBe("1");
        sandbox.Dropped("identifier_already_set").ShouldBe(1);
    }

    [Fact]
    public async Task An_id_that_is_set_is_not_changed_by_itself()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", "{}");

        (await sandbox.IdentifyAsync("u1", """{"id":"u2"}""")).ShouldBeAccepted();

        sandbox.OnlyPerson().Id.ShouldBe("u1");
        sandbox.Dropped("identifier_already_set").ShouldBe(1);
    }

    [Fact]
    public async Task An_e_mail_is_not_changed_by_e_mail()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("jane@example.com", "{}");

        (await sandbox.IdentifyAsync("jane@example.com", """{"email":"other@example.com"}""")).ShouldBeAccepted();

        sandbox.OnlyPerson().Email.ShouldBe("jane@example.com");
    }

    [Fact]
    public async Task Even_a_cio_id_does_not_take_the_identifier_of_another_person()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", "{}");
        await sandbox.IdentifyAsync("u2", "{}");

        (await sandbox.IdentifyAsync("cio_" + sandbox.Person("u1").CioId, """{"id":"u2"}""")).ShouldBeAccepted();

        sandbox.Server.GetState().People.Select(person => person.Id).ShouldBe(["u1", "u2"]);
        sandbox.Dropped("identifier_of_another_person").ShouldBe(1);
    }
}
