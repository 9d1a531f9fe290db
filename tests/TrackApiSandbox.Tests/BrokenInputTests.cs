using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class BrokenInputTests
{
    public static TheoryData<string> NoJson { get; } = new(
        "",
        "{",
        "nonsense",
        """{"a":1,}""",
        """{'a':1}""",
        """{"a":NaN}""",
        """{"a":01}""",
        """{"a":1} {"b":2}""",
        "{\"a\":\"\t\"}",
        """{"a":"\ud800"}""",
        """{"a":"\udc00"}""",
        """{"a":"\ud800\ud800\udc00"}""",
        """{"a":"\ud800x"}""",
        """{"\udfff":1}""",
        """{"a":"\ud83dx\ude00"}""",
        """{"a":"\""",
        """{"a":"\u12""",
        "\uFEFF{}",
        new string('[', 100_000));

    [Theory]
    [MemberData(nameof(NoJson))]
    public async Task A_body_that_is_no_JSON_is_refused(string body)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Reply reply = await sandbox.IdentifyAsync("u1", body);

        ((int)reply.Status).ShouldBe(400);
        reply.MetaError.ShouldBe("request body must be valid JSON");
        (await sandbox.TrackAsync("u1", body)).MetaErrors.ShouldBe(["request body must be valid JSON"]);
        sandbox.Server.GetState().People.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("\"text\"")]
    public async Task A_body_that_is_no_object_is_refused(string body)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.IdentifyAsync("u1", body)).MetaError.ShouldBe("request body must be a JSON object");
        (await sandbox.TrackAnonymousAsync(body)).MetaErrors.ShouldBe(["request body must be a JSON object"]);
        ((int)(await sandbox.SendAsync(HttpMethod.Put, "/api/v1/customers/u1/devices", body)).Status).ShouldBe(400);
        ((int)(await sandbox.SendAsync(HttpMethod.Post, "/api/v1/merge_customers", body)).Status).ShouldBe(400);
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_refused()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        using var content = new ByteArrayContent([.. "{\"a\":\""u8, 0xFF, .. "\"}"u8]);

        using HttpResponseMessage response = await sandbox.Client.PutAsync("/api/v1/customers/u1", content);

        ((int)response.StatusCode).ShouldBe(400);
    }

    [Theory]
    [InlineData("""{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"a":"\\ud800"}""")]
    [InlineData("""{"a":"\\\\\"\u0041"}""")]
    [InlineData("""{"a":"\u0000"}""")]
    public async Task Escapes_that_are_right_are_taken(string body)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.IdentifyAsync("u1", body)).ShouldBeAccepted();
    }

    [Fact]
    public async Task A_repeated_key_counts_with_its_last_value()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.IdentifyAsync("u1", """{"a":1,"a":2}""")).ShouldBeAccepted();

        sandbox.Attribute("u1", "a").ShouldBe("2");
    }

    [Fact]
    public async Task The_content_type_is_ignored()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        using var content = new StringContent("""{"a":1}""", System.Text.Encoding.UTF8, "text/plain");

        using HttpResponseMessage response = await sandbox.Client.PutAsync("/api/v1/customers/u1", content);

        ((int)response.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task An_attribute_name_in_an_error_is_written_as_json()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        string value = new('x', 1001);

        (await sandbox.IdentifyAsync("u1", $$"""{"a\"b":"{{value}}"}""")).MetaError.ShouldBe("value for attribute 'a\"b' cannot be longer than 1000 bytes");
    }
}
