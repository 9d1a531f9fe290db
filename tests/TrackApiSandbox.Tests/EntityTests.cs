using System.Net;
using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class EntityTests
{
    [Theory]
    [InlineData("id", "u1", "u1")]
    [InlineData("email", "jane@example.com", "jane@example.com")]
    public async Task A_person_is_identified_by_a_named_identifier(string kind, string value, string found)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.EntityAsync($$$"""{"type":"person","identifiers":{"{{{kind}}}":"{{{value}}}"},"action":"identify","attributes":{"plan":"pro"}}""")).ShouldBeAccepted();

        sandbox.Attribute(found, "plan").ShouldBe("\"pro\"");
    }

    [Fact]
    public async Task The_kind_of_identifier_is_not_guessed()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        await sandbox.EntityAsync("""{"type":"person","identifiers":{"id":"jane@example.com"},"action":"identify"}""");

        sandbox.OnlyPerson().Id.ShouldBe("jane@example.com");
        sandbox.OnlyPerson().Email.ShouldBeNull();
    }

    [Fact]
    public async Task A_cio_id_has_no_prefix()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", "{}");

        await sandbox.EntityAsync($$$"""{"type":"person","identifiers":{"cio_id":"{{{sandbox.OnlyPerson().CioId}}}"},"action":"identify","attributes":{"a":1}}""");

        sandbox.Attribute("u1", "a").ShouldBe("1");
    }

    [Theory]
    [InlineData("event")]
    [InlineData("page")]
    [InlineData("screen")]
    public async Task An_event_carries_its_data_as_attributes(string action)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.EntityAsync($$$"""{"type":"person","identifiers":{"id":"u1"},"action":"{{{action}}}","name":"x","id":"01BX5ZZKBKACTAV9WEVGEMMVRY","timestamp":1768000000,"attributes":{"price":1.50}}""")).ShouldBeAccepted();

        var kept = sandbox.Person("u1").Events.ShouldHaveSingleItem();
        kept.ShouldSatisfyAllConditions(
            () => kept.Type.ShouldBe(action),
            () => kept.Id.ShouldBe("01BX5ZZKBKACTAV9WEVGEMMVRY"),
            () => kept.Timestamp.ShouldBe(1768000000),
            () => kept.Data.ToString().ShouldBe("""{"price":1.50}"""));
    }

    [Fact]
    public async Task A_person_is_deleted_suppressed_and_unsuppressed()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", "{}");

        (await sandbox.EntityAsync("""{"type":"person","identifiers":{"id":"u1"},"action":"delete"}""")).ShouldBeAccepted();
        sandbox.Server.GetState().People.ShouldBeEmpty();

        (await sandbox.EntityAsync("""{"type":"person","identifiers":{"id":"u1"},"action":"suppress"}""")).ShouldBeAccepted();
        sandbox.Server.GetState().Suppressed.ShouldBe(["u1"]);

        (await sandbox.EntityAsync("""{"type":"person","identifiers":{"id":"u1"},"action":"unsuppress"}""")).ShouldBeAccepted();
        sandbox.Server.GetState().Suppressed.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_metric_of_a_delivery_is_accepted_and_leaves_no_trace()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.EntityAsync("""{"type":"delivery","identifiers":{"id":"RPIy"},"action":"event","name":"opened"}""")).ShouldBeAccepted();

        sandbox.Server.GetStats().Events.ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"action":"identify","identifiers":{"id":"u1"}}""", "type", "type must be person, object or delivery")]
    [InlineData("""{"type":"robot","action":"identify","identifiers":{"id":"u1"}}""", "type", "type must be person, object or delivery")]
    [InlineData("""{"type":"person","identifiers":{"id":"u1"}}""", "action", "action is not one of this type")]
    [InlineData("""{"type":"object","identifiers":{"object_type_id":"1","object_id":"a"},"action":"event"}""", "action", "action is not one of this type")]
    [InlineData("""{"type":"delivery","identifiers":{"id":"a"},"action":"delete"}""", "action", "action is not one of this type")]
    [InlineData("""{"type":"person","action":"identify"}""", "identifiers", "identifiers must have exactly one of id, email and cio_id")]
    [InlineData("""{"type":"person","action":"identify","identifiers":{"id":"u1","email":"a@example.com"}}""", "identifiers", "identifiers must have exactly one of id, email and cio_id")]
    [InlineData("""{"type":"person","action":"identify","identifiers":{"id":7}}""", "identifiers", "identifiers must have exactly one of id, email and cio_id")]
    [InlineData("""{"type":"person","action":"identify","identifiers":{"phone":"+15551234"}}""", "identifiers", "identifiers must have exactly one of id, email and cio_id")]
    [InlineData("""{"type":"person","action":"identify","identifiers":{"anonymous_id":"d1"}}""", "identifiers", "identifiers must have exactly one of id, email and cio_id")]
    [InlineData("""{"type":"person","action":"identify","identifiers":"u1"}""", "identifiers", "identifiers must have exactly one of id, email and cio_id")]
    [InlineData("""{"type":"object","action":"identify","identifiers":{"object_id":"a"}}""", "identifiers", "object_type_id and object_id must be present")]
    [InlineData("""{"type":"person","action":"identify","identifiers":{"id":"u1"},"attributes":[]}""", "attributes", "attributes must be a JSON object")]
    [InlineData("""{"type":"person","action":"event","identifiers":{"id":"u1"}}""", "name", "event name must not be blank")]
    [InlineData("""{"type":"person","action":"add_device","identifiers":{"id":"u1"},"device":{"id":"t","platform":"ios"}}""", "device.token", "device token must be present")]
    [InlineData("""{"type":"person","action":"add_relationships","identifiers":{"id":"u1"}}""", "cio_relationships", "cio_relationships must be an array of objects with identifiers")]
    [InlineData("[]", "", "item must be a JSON object")]
    [InlineData("{", "", "request body must be valid JSON")]
    public async Task A_wrong_entity_is_refused_with_the_field_that_is_wrong(string body, string field, string message)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Reply reply = await sandbox.EntityAsync(body);

        reply.ShouldHaveErrors(HttpStatusCode.BadRequest, $$"""[{"reason":"invalid","field":"{{field}}","message":"{{message}}"}]""");
        sandbox.Server.GetState().People.ShouldBeEmpty();
    }
}
