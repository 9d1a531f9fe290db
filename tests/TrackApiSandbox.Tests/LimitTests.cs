using System.Text;
using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

/// <summary>Each limit one below, at, and one above, with characters of one to four bytes.</summary>
public sealed class LimitTests
{
    public static TheoryData<string, int, bool> Around { get; } = Rows();

    [Theory]
    [MemberData(nameof(Around))]
    public async Task A_person_id_has_at_most_150_bytes(string character, int over, bool accepted)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        string id = Text(character, 150 + over);

        Check(await sandbox.IdentifyAsync(id, "{}"), accepted, "id attribute cannot be longer than 150 bytes");
        Check(await sandbox.IdentifyAsync("jane@example.com", $$"""{"id":"{{id}}x"}"""), accepted && over < 0, "id attribute cannot be longer than 150 bytes");
    }

    [Theory]
    [MemberData(nameof(Around))]
    public async Task An_attribute_name_has_at_most_150_bytes(string character, int over, bool accepted)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Check(await sandbox.IdentifyAsync("u1", $$"""{"{{Text(character, 150 + over)}}":1}"""), accepted, "attribute name cannot be longer than 150 bytes");
    }

    [Theory]
    [InlineData("""{"":1}""", "attribute name cannot be blank")]
    [InlineData("""{"\u00a0 ":1}""", "attribute name cannot be blank")]
    [InlineData("""{"email":[]}""", "email attribute must be a string value")]
    [InlineData("""{"email":{}}""", "email attribute must be a string value")]
    [InlineData("""{"email":7}""", "email attribute must be a string value")]
    [InlineData("""{"email":true}""", "email attribute must be a string value")]
    public async Task A_blank_attribute_name_and_an_email_that_is_no_text_are_refused(string attributes, string message)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Check(await sandbox.IdentifyAsync("u1", attributes), accepted: false, message);
        (await sandbox.EntityAsync($$$"""{"type":"person","action":"identify","identifiers":{"id":"u1"},"attributes":{{{attributes}}}}""")).Status.ShouldNotBe(System.Net.HttpStatusCode.OK);
        sandbox.Server.GetState().People.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Around))]
    public async Task An_attribute_value_has_at_most_1000_bytes(string character, int over, bool accepted)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Check(await sandbox.IdentifyAsync("u1", $$"""{"bio":"{{Text(character, 1000 + over)}}"}"""), accepted, "value for attribute 'bio' cannot be longer than 1000 bytes");
    }

    [Theory]
    [MemberData(nameof(Around))]
    public async Task A_nested_value_counts_with_its_json(string character, int over, bool accepted)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        string value = $$"""{"a":"{{Text(character, 1000 + over - 8)}}"}""";

        Check(await sandbox.IdentifyAsync("u1", $$"""{"it":{{value}}}"""), accepted, "value for attribute 'it' cannot be longer than 1000 bytes");
    }

    [Theory]
    [InlineData(999, true)]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public async Task A_text_counts_without_its_escapes(int length, bool accepted)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        string escaped = string.Concat(Enumerable.Repeat("\\n", length));

        Check(await sandbox.IdentifyAsync("u1", $$"""{"it":"{{escaped}}"}"""), accepted, "value for attribute 'it' cannot be longer than 1000 bytes");
    }

    [Theory]
    [InlineData(299, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public async Task An_identify_has_at_most_300_attributes(int count, bool accepted)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        string attributes = "{" + string.Join(',', Enumerable.Range(1, count).Select(n => $"\"a{n}\":{n}")) + "}";

        Check(await sandbox.IdentifyAsync("u1", attributes), accepted, "cannot identify more than 300 attributes in one request");
    }

    [Fact]
    public async Task Reserved_attributes_count_too()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        string attributes = """{"email":"a@example.com",""" + string.Join(',', Enumerable.Range(1, 300).Select(n => $"\"a{n}\":{n}")) + "}";

        Check(await sandbox.IdentifyAsync("u1", attributes), accepted: false, "cannot identify more than 300 attributes in one request");
    }

    [Theory]
    [MemberData(nameof(Around))]
    public async Task An_event_name_has_at_most_100_bytes(string character, int over, bool accepted)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        string body = $$"""{"name":" {{Text(character, 100 + over)}} ","anonymous_id":"d1"}""";

        Check(await sandbox.TrackAsync("u1", body), accepted, "event name cannot be longer than 100 bytes");
        Check(await sandbox.TrackAnonymousAsync(body), accepted, "event name cannot be longer than 100 bytes");
    }

    [Fact]
    public async Task A_name_of_500_characters_has_a_second_error()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.TrackAsync("u1", $$"""{"name":"{{Text("x", 500)}}"}""")).MetaErrors
            .ShouldBe(["event name cannot be longer than 100 bytes", "event name must be less than 500 characters"]);
    }

    [Theory]
    [MemberData(nameof(Around))]
    public async Task Event_data_have_at_most_100000_bytes(string character, int over, bool accepted)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        string data = $$"""{"a":"{{Text(character, 100_000 + over - 8)}}"}""";

        Check(await sandbox.TrackAsync("u1", $$"""{"name":"x","data":{{data}}}"""), accepted, "event data cannot be longer than 100000 bytes");
    }

    [Theory]
    [MemberData(nameof(Around))]
    public async Task An_object_id_has_at_most_150_bytes(string character, int over, bool accepted)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        string body = $$"""{"type":"object","identifiers":{"object_type_id":"1","object_id":"{{Text(character, 150 + over)}}"},"action":"identify"}""";

        Check(await sandbox.EntityAsync(body), accepted, "object_id cannot be longer than 150 bytes");
    }

    [Fact]
    public async Task A_body_beyond_all_limits_is_not_even_read()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Reply reply = await sandbox.TrackAsync("u1", $$"""{"name":"{{new string('x', 5_000_000)}}"}""");

        ((int)reply.Status).ShouldBe(413);
        sandbox.Server.GetRequests().ShouldHaveSingleItem().BodyTruncated.ShouldBeTrue();
    }

    private static TheoryData<string, int, bool> Rows()
    {
        var rows = new TheoryData<string, int, bool>();
        foreach (string character in new[] { "x", "é", "用", "😀" })
        {
            rows.Add(character, -1, true);
            rows.Add(character, 0, true);
            rows.Add(character, 1, false);
        }

        return rows;
    }

    /// <summary>Exactly so many bytes, as many of them as possible by the character.</summary>
    private static string Text(string character, int bytes)
    {
        int size = Encoding.UTF8.GetByteCount(character);
        return string.Concat(Enumerable.Repeat(character, bytes / size)) + new string('x', bytes % size);
    }

    private static void Check(Reply reply, bool accepted, string error)
    {
        if (accepted)
        {
            reply.ShouldBeAccepted();
        }
        else
        {
            ((int)reply.Status).ShouldBe(400);
            reply.Json.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).ShouldContain($"\"{error}\"");
        }
    }
}
