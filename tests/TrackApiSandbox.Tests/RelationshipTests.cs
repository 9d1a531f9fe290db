using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class RelationshipTests
{
    private const string Acme = """{"identifiers":{"object_type_id":"1","object_id":"acme"},"relationship_attributes":{"role":"admin"}}""";

    [Fact]
    public async Task Version_one_relates_with_an_action()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.IdentifyAsync("u1", $$$"""{"cio_relationships":{"action":"add_relationships","relationships":[{{{Acme}}}]}}""")).ShouldBeAccepted();

        var relationship = sandbox.Person("u1").Relationships.ShouldHaveSingleItem();
        relationship.ObjectTypeId.ShouldBe("1");
        relationship.ObjectId.ShouldBe("acme");
        relationship.Attributes["role"].ToString().ShouldBe("\"admin\"");
        sandbox.Server.GetState().Objects.ShouldHaveSingleItem().ObjectId.ShouldBe("acme");
        sandbox.Person("u1").Attributes.ShouldBeEmpty();

        (await sandbox.IdentifyAsync("u1", $$$"""{"cio_relationships":{"action":"delete_relationships","relationships":[{{{Acme}}}]}}""")).ShouldBeAccepted();
        sandbox.Person("u1").Relationships.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"relationships":[]}""")]
    [InlineData("""{"action":"add_relationships","relationships":[1]}""")]
    [InlineData("""{"action":"add_relationships"}""")]
    [InlineData("""{"action":"add_relationships","relationships":[{"identifiers":{"object_id":"acme"}}]}""")]
    public async Task Another_shape_is_refused(string relationships)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        ((int)(await sandbox.IdentifyAsync("u1", $$"""{"cio_relationships":{{relationships}}}""")).Status).ShouldBe(400);
    }

    [Fact]
    public async Task Version_two_relates_with_an_array_on_the_person()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.EntityAsync($$"""{"type":"person","identifiers":{"id":"u1"},"action":"identify","attributes":{},"cio_relationships":[{{Acme}}]}""")).ShouldBeAccepted();

        sandbox.Person("u1").Relationships.ShouldHaveSingleItem().ObjectId.ShouldBe("acme");
    }

    [Fact]
    public async Task An_object_is_identified_and_people_related_to_it()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.EntityAsync("""{"type":"object","identifiers":{"object_type_id":"1","object_id":"acme"},"action":"identify","attributes":{"name":"Acme","seats":5},"cio_relationships":[{"identifiers":{"id":"u1"}}]}""")).ShouldBeAccepted();

        var acme = sandbox.Server.GetState().Objects.ShouldHaveSingleItem();
        acme.Attributes["seats"].ToString().ShouldBe("5");
        sandbox.Person("u1").Relationships.ShouldHaveSingleItem().ObjectId.ShouldBe("acme");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    public async Task Null_and_an_empty_text_remove_an_attribute_of_an_object(string value)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await IdentifyAcmeAsync(sandbox, """{"name":"Acme","seats":5}""");

        await IdentifyAcmeAsync(sandbox, $$"""{"seats":{{value}}}""");

        sandbox.Server.GetState().Objects.ShouldHaveSingleItem().Attributes.Keys.ShouldBe(["name"]);
    }

    [Theory]
    [InlineData("person", """{"id":"u1"}""", Acme)]
    [InlineData("object", """{"object_type_id":"1","object_id":"acme"}""", """{"identifiers":{"id":"u1"}}""")]
    public async Task Relationships_are_added_and_deleted_from_both_sides(string type, string identifiers, string relationship)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.EntityAsync($$"""{"type":"{{type}}","identifiers":{{identifiers}},"action":"add_relationships","cio_relationships":[{{relationship}}]}""")).ShouldBeAccepted();
        sandbox.Person("u1").Relationships.Count.ShouldBe(1);

        (await sandbox.EntityAsync($$"""{"type":"{{type}}","identifiers":{{identifiers}},"action":"delete_relationships","cio_relationships":[{{relationship}}]}""")).ShouldBeAccepted();
        sandbox.Person("u1").Relationships.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deleted_object_leaves_no_relationship()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", $$$"""{"cio_relationships":{"action":"add_relationships","relationships":[{{{Acme}}}]}}""");

        (await sandbox.EntityAsync("""{"type":"object","identifiers":{"object_type_id":"1","object_id":"acme"},"action":"delete"}""")).ShouldBeAccepted();

        sandbox.Server.GetState().Objects.ShouldBeEmpty();
        sandbox.Person("u1").Relationships.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_suppressed_person_is_not_related()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.SendAsync(HttpMethod.Post, "/api/v1/customers/u1/suppress");

        await sandbox.EntityAsync("""{"type":"object","identifiers":{"object_type_id":"1","object_id":"acme"},"action":"add_relationships","cio_relationships":[{"identifiers":{"id":"u1"}}]}""");

        sandbox.Server.GetState().People.ShouldBeEmpty();
    }

    private static Task<Reply> IdentifyAcmeAsync(RunningSandbox sandbox, string attributes) =>
        sandbox.EntityAsync($$"""{"type":"object","identifiers":{"object_type_id":"1","object_id":"acme"},"action":"identify","attributes":{{attributes}}}""");
}
