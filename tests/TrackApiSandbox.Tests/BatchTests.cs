using System.Net;
using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class BatchTests
{
    private const string Good = """{"type":"person","identifiers":{"id":"u1"},"action":"event","name":"x"}""";
    private const string Nameless = """{"type":"person","identifiers":{"id":"u2"},"action":"event"}""";

    [Fact]
    public async Task A_batch_of_mixed_items_is_taken_in_order()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Reply reply = await sandbox.BatchAsync(
            """{"type":"person","identifiers":{"anonymous_id":"d1"},"action":"event","name":"first"}""",
            """{"type":"person","identifiers":{"id":"u1"},"action":"identify","attributes":{"anonymous_id":"d1","plan":"a"}}""",
            """{"type":"person","identifiers":{"id":"u1"},"action":"identify","attributes":{"plan":"b"}}""",
            """{"type":"object","identifiers":{"object_type_id":"1","object_id":"acme"},"action":"identify"}""");

        reply.ShouldBeAccepted();
        sandbox.EventNames("u1").ShouldBe(["first"]);
        sandbox.Attribute("u1", "plan").ShouldBe("\"b\"");
        sandbox.Server.GetState().Objects.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Items_that_are_invalid_are_named_by_index_and_the_others_taken()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        string tooLong = new('x', 1001);

        Reply reply = await sandbox.BatchAsync(
            Good,
            $$$"""{"type":"person","identifiers":{"id":"u2"},"action":"identify","attributes":{"plan":"{{{tooLong}}}"}}""",
            Good,
            Nameless);

        reply.ShouldHaveErrors(HttpStatusCode.MultiStatus, """
            [{"batch_index":1,"reason":"invalid","field":"attributes.plan","message":"property value cannot be longer than 1000 bytes"},
             {"batch_index":3,"reason":"invalid","field":"name","message":"event name must not be blank"}]
            """);
        sandbox.OnlyPerson().Events.Count.ShouldBe(2);
    }

    [Fact]
    public async Task One_item_may_have_several_errors()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Reply reply = await sandbox.BatchAsync("""{"type":"person","identifiers":{"id":"u1"},"action":"event","attributes":1}""");

        reply.Json["errors"]!.AsArray().Select(error => (int)error!["batch_index"]!).ShouldBe([0, 0]);
    }

    [Fact]
    public async Task A_batch_of_nothing_but_invalid_items_is_still_answered_item_by_item()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.BatchAsync(Nameless, "7")).Status.ShouldBe(HttpStatusCode.MultiStatus);
    }

    [Fact]
    public async Task An_empty_batch_is_accepted()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.BatchAsync()).ShouldBeAccepted();
    }

    [Theory]
    [InlineData("{}", "batch", "batch must be an array")]
    [InlineData("""{"batch":{}}""", "batch", "batch must be an array")]
    [InlineData("[]", "batch", "batch must be an array")]
    [InlineData("nonsense", "", "request body must be valid JSON")]
    public async Task A_body_that_is_no_batch_is_refused_whole(string body, string field, string message)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Reply reply = await sandbox.SendAsync(HttpMethod.Post, "/api/v2/batch", body);

        reply.ShouldHaveErrors(HttpStatusCode.BadRequest, $$"""[{"reason":"invalid","field":"{{field}}","message":"{{message}}"}]""");
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task A_batch_has_at_most_500000_bytes(int over, bool accepted)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        string batch = $$"""{"batch":[{{Good}}]}""";

        Reply reply = await sandbox.SendAsync(HttpMethod.Post, "/api/v2/batch", batch + new string(' ', 500_000 + over - batch.Length));

        if (accepted)
        {
            reply.ShouldBeAccepted();
        }
        else
        {
            reply.ShouldHaveErrors(HttpStatusCode.BadRequest, """[{"reason":"invalid","field":"batch","message":"batch cannot be larger than 500000 bytes"}]""");
            sandbox.Server.GetState().People.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task An_item_has_at_most_32000_bytes(int over, bool accepted)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        const string Start = """{"type":"person","identifiers":{"id":"u1"},"action":"event","name":"x","attributes":{"p":""";
        string item = $$$"""{{{Start}}}"{{{new string('é', (32_000 + over - Start.Length - 4) / 2)}}}{{{new string('x', (32_000 + over - Start.Length - 4) % 2)}}}"}}""";

        Reply alone = await sandbox.EntityAsync(item);
        Reply inBatch = await sandbox.BatchAsync(item, Good);

        if (accepted)
        {
            alone.ShouldBeAccepted();
            inBatch.ShouldBeAccepted();
        }
        else
        {
            alone.ShouldHaveErrors(HttpStatusCode.BadRequest, """[{"reason":"invalid","field":"","message":"item cannot be larger than 32000 bytes"}]""");
            inBatch.ShouldHaveErrors(HttpStatusCode.MultiStatus, """[{"batch_index":0,"reason":"invalid","field":"","message":"item cannot be larger than 32000 bytes"}]""");
        }
    }
}
