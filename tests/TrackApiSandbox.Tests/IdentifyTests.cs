using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class IdentifyTests
{
    [Fact]
    public async Task An_identify_for_an_unknown_id_creates_the_person()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.IdentifyAsync("u1", """{"email":"Jane@Example.com","plan":"basic"}""")).ShouldBeAccepted();

        var person = sandbox.OnlyPerson();
        person.Id.ShouldBe("u1");
        person.Email.ShouldBe("Jane@Example.com");
        person.CioId.ShouldNotBeEmpty();
        sandbox.Attribute("u1", "plan").ShouldBe("\"basic\"");
    }

    [Fact]
    public async Task An_identify_for_an_unknown_e_mail_creates_the_person()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.IdentifyAsync("jane@example.com", "{}")).ShouldBeAccepted();

        sandbox.OnlyPerson().Email.ShouldBe("jane@example.com");
        sandbox.OnlyPerson().Id.ShouldBeNull();
    }

    [Theory]
    [InlineData("42")]
    [InlineData("1.10")]
    [InlineData("12345678901234567890")]
    [InlineData("1e2")]
    [InlineData("true")]
    [InlineData("\"42\"")]
    [InlineData("""{"street":"Main St","lines":[1,"2",null]}""")]
    [InlineData("""[1, 2.50]""")]
    public async Task An_attribute_is_shown_as_it_was_sent(string value)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.IdentifyAsync("u1", $$"""{"it":{{value}}}""")).ShouldBeAccepted();

        sandbox.Attribute("u1", "it").ShouldBe(value);
        (await sandbox.SendAsync(HttpMethod.Get, "/sandbox/people/u1")).Body.ShouldContain($"\"it\":{value}");
    }

    [Fact]
    public async Task Attributes_that_are_not_mentioned_stay()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"a":1,"b":1}""");

        await sandbox.IdentifyAsync("u1", """{"b":2}""");

        sandbox.Attribute("u1", "a").ShouldBe("1");
        sandbox.Attribute("u1", "b").ShouldBe("2");
    }

    [Fact]
    public async Task Null_clears_an_attribute()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"a":1}""");

        await sandbox.IdentifyAsync("u1", """{"a":null}""");

        sandbox.Person("u1").Attributes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Attribute_names_are_case_sensitive()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await sandbox.IdentifyAsync("u1", """{"plan":1,"Plan":2}""");

        sandbox.Attribute("u1", "plan").ShouldBe("1");
        sandbox.Attribute("u1", "Plan").ShouldBe("2");
    }

    [Fact]
    public async Task An_e_mail_is_found_in_any_case_and_an_id_in_its_own_only()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("jane@example.com", "{}");
        await sandbox.IdentifyAsync("JANE@example.com", """{"seen":true}""");
        await sandbox.IdentifyAsync("u1", "{}");
        await sandbox.IdentifyAsync("U1", "{}");

        sandbox.Attribute("jane@example.com", "seen").ShouldBe("true");
        sandbox.Server.GetState().People.Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_cio_id_addresses_a_person_by_its_prefix()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", "{}");

        await sandbox.IdentifyAsync("cio_" + sandbox.OnlyPerson().CioId, """{"id":"u2","email":"new@example.com"}""");

        sandbox.OnlyPerson().Id.ShouldBe("u2");
        sandbox.OnlyPerson().Email.ShouldBe("new@example.com");
        sandbox.Server.FindPerson("u1").ShouldBeNull();
    }

    [Fact]
    public async Task An_unknown_cio_id_is_dropped()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.IdentifyAsync("cio_03ffffff", """{"a":1}""")).ShouldBeAccepted();

        sandbox.Server.GetState().People.ShouldBeEmpty();
        sandbox.Dropped("unknown_cio_id").ShouldBe(1);
    }

    [Fact]
    public async Task Update_only_changes_nobody_who_is_not_there()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.IdentifyAsync("u1", """{"_update":true,"a":1}""")).ShouldBeAccepted();

        sandbox.Server.GetState().People.ShouldBeEmpty();
        sandbox.Dropped("nobody_to_update").ShouldBe(1);
    }

    [Fact]
    public async Task Update_only_changes_somebody_who_is_there()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", "{}");

        await sandbox.IdentifyAsync("u1", """{"_update":true,"a":1}""");

        sandbox.Attribute("u1", "a").ShouldBe("1");
        sandbox.Person("u1").Attributes.Keys.ShouldBe(["a"]);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"TRUE\"", true)]
    [InlineData("\"tRUe\"", true)]
    [InlineData("1", true)]
    [InlineData("\"1\"", true)]
    [InlineData("false", false)]
    [InlineData("\"yes\"", false)]
    [InlineData("0", false)]
    [InlineData("1.5", false)]
    [InlineData("[true]", false)]
    public async Task Only_the_documented_values_unsubscribe(string value, bool unsubscribed)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await sandbox.IdentifyAsync("u1", $$"""{"unsubscribed":{{value}}}""");

        sandbox.Person("u1").Unsubscribed.ShouldBe(unsubscribed);
        sandbox.Attribute("u1", "unsubscribed").ShouldBe(value);
    }

    [Fact]
    public async Task Subscription_preferences_are_replaced_whole()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"cio_subscription_preferences":{"topics":{"topic_1":true,"topic_2":true}}}""");

        await sandbox.IdentifyAsync("u1", """{"cio_subscription_preferences":{"topics":{"topic_2":false}}}""");

        sandbox.Attribute("u1", "cio_subscription_preferences").ShouldBe("""{"topics":{"topic_2":false}}""");
    }

    [Fact]
    public async Task A_dotted_topic_changes_that_topic_alone()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"cio_subscription_preferences":{"topics":{"topic_1":true}}}""");

        await sandbox.IdentifyAsync("u1", """{"cio_subscription_preferences.topics.topic_2":false}""");

        sandbox.Attribute("u1", "cio_subscription_preferences").ShouldBe("""{"topics":{"topic_1":true,"topic_2":false}}""");
        sandbox.Person("u1").Attributes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_dotted_channel_changes_that_channel_alone()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"cio_subscription_preferences":{"topics":{"topic_1":true},"channels":{"email":true}}}""");

        await sandbox.IdentifyAsync("u1", """{"cio_subscription_preferences.channels.sms":false}""");

        sandbox.Attribute("u1", "cio_subscription_preferences").ShouldBe("""{"topics":{"topic_1":true},"channels":{"email":true,"sms":false}}""");
        sandbox.Person("u1").Attributes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_dotted_topic_needs_no_preferences_before_it()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await sandbox.IdentifyAsync("u1", """{"cio_subscription_preferences.topics.topic_7":true}""");

        sandbox.Attribute("u1", "cio_subscription_preferences").ShouldBe("""{"topics":{"topic_7":true}}""");
    }

    [Theory]
    [InlineData("""{"id":42}""", "id attribute must be a string value")]
    [InlineData("""{"id":null}""", "id attribute must be a string value")]
    [InlineData("""{"id":""}""", "id attribute cannot be an empty string")]
    public async Task An_id_of_the_wrong_kind_is_refused(string attributes, string error)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Reply reply = await sandbox.IdentifyAsync("u1", attributes);

        ((int)reply.Status).ShouldBe(400);
        reply.MetaError.ShouldBe(error);
        sandbox.Server.GetState().People.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_empty_identifier_is_refused()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.IdentifyAsync("", "{}")).MetaError.ShouldBe("id attribute must be present");
    }

    [Theory]
    [InlineData("\"no e-mail\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    public async Task An_e_mail_that_is_none_is_dropped_and_the_rest_of_the_identify_applied(string email)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.IdentifyAsync("u1", $$"""{"email":{{email}},"a":1}""")).ShouldBeAccepted();

        sandbox.Person("u1").Email.ShouldBeNull();
        sandbox.Attribute("u1", "a").ShouldBe("1");
        sandbox.Dropped("invalid_email").ShouldBe(1);
    }
}
