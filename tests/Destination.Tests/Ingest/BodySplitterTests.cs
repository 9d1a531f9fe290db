using System.Text;
using CustomerIoDestination.Ingest;

namespace CustomerIoDestination.Tests.Ingest;

public sealed class BodySplitterTests
{
    [Theory]
    [InlineData("""{"event":"a"}""", """{"event":"a"}""")]
    [InlineData("""  {"event":"a"}  """, """{"event":"a"}""")]
    [InlineData("""[{"event":"a"},{"event":"b"}]""", """{"event":"a"}|{"event":"b"}""")]
    [InlineData("""[1,"x",null,[2]]""", """1|"x"|null|[2]""")]
    [InlineData("[]", "")]
    [InlineData("""{"batch":[{"event":"a"},{"event":"b"}],"sentAt":"x"}""", """{"event":"a"}|{"event":"b"}""")]
    [InlineData("""{"sentAt":"x","batch":[]}""", "")]
    [InlineData("""{"batch":{"event":"a"}}""", """{"batch":{"event":"a"}}""")]
    [InlineData("""{"event":"a","batch":[1]}""", """{"event":"a","batch":[1]}""")]
    [InlineData("""{"ev\ud800ent":1}""", """{"ev\ud800ent":1}""")]
    [InlineData("""{"\udfff":1,"b\u0061tch":[{"event":"a"}]}""", """{"event":"a"}""")]
    [InlineData("42", "42")]
    [InlineData("{\"event\":\"a\"}\n{\"event\":\"b\"}\n", """{"event":"a"}|{"event":"b"}""")]
    [InlineData("{\"event\":\"a\"}\r\n\r\n{\"event\":\"b\"}", """{"event":"a"}|{"event":"b"}""")]
    [InlineData("{\"event\":\"a\"}\n{broken\n{\"event\":\"b\"}", """{"event":"a"}|{broken|{"event":"b"}""")]
    [InlineData("{broken\n{\"event\":\"b\"}", """{broken|{"event":"b"}""")]
    [InlineData("\uFEFF{\"event\":\"a\"}", """{"event":"a"}""")]
    [InlineData("\uFEFF\uFEFF{\"event\":\"a\"}", """{"event":"a"}""")]
    [InlineData("\uFEFF{\"event\":\"a\"}\n\uFEFF \uFEFF{\"event\":\"b\"}\r\n", """{"event":"a"}|{"event":"b"}""")]
    [InlineData("# export\n{broken\n{\"event\":\"a\"}\n{\"event\":\"b\"}", """# export|{broken|{"event":"a"}|{"event":"b"}""")]
    [InlineData("{\"type\":\"batch\",\"batch\":[{\"event\":\"a\"},{\"event\":\"b\"}]}", """{"event":"a"}|{"event":"b"}""")]
    [InlineData("{\"batch\":[{\"event\":\"a\"}],\"type\":\" Batch \"}", """{"event":"a"}""")]
    [InlineData("{\"type\":\"track\",\"batch\":[{\"event\":\"a\"}]}", """{"type":"track","batch":[{"event":"a"}]}""")]
    [InlineData("{\n  \"event\": \"a\"\n}", "{\n  \"event\": \"a\"\n}")]
    public void A_body_is_split_into_its_items(string body, string items)
    {
        IEnumerable<string> actual = BodySplitter.Split(Encoding.UTF8.GetBytes(body)).ShouldBeOfType<BodyItems.Items>()
            .Values.Select(item => Encoding.UTF8.GetString(item.Span));

        string.Join('|', actual).ShouldBe(items);
    }

    [Theory]
    [InlineData("", "the body is empty")]
    [InlineData(" \r\n\t", "the body is empty")]
    [InlineData("{\"event\":", "no JSON at line 1, byte 9")]
    [InlineData("{\"event\":\"a\"} trailing", "no JSON at line 1, byte 14")]
    [InlineData("{\n  \"event\": a\n}", "no JSON at line 2, byte 11")]
    [InlineData("{\"event\":\"a\"}{\"event\":\"b\"}", "no JSON at line 1, byte 13")]
    [InlineData("{\"event\":\"\u0000\"}", "no JSON at line 1, byte 10")]
    [InlineData("{'event':'a'}", "no JSON at line 1, byte 1")]
    [InlineData("[{\"event\":\"a\"},]", "no JSON at line 1, byte 15")]
    [InlineData("{\"event\":NaN}", "no JSON at line 1, byte 9")]
    [InlineData("/* c */{}", "no JSON at line 1, byte 0")]
    [InlineData("data=eyJ0eXBlIjoidHJhY2sifQ==", "the body is a form (name=value); JSON was expected")]
    [InlineData("data=%7B%7D&x=1", "the body is a form (name=value); JSON was expected")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n{}x", "the body is a form in parts")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n{\"event\":\"a\"}\r\n--b--", "the body is a form in parts")]
    public void A_body_that_is_no_JSON_is_one_bad_item_with_the_place(string body, string message)
    {
        BodyItems.Unreadable unreadable = BodySplitter.Split(Encoding.UTF8.GetBytes(body)).ShouldBeOfType<BodyItems.Unreadable>();

        unreadable.Code.ShouldBe("invalid_json");
        unreadable.Message.ShouldContain(message);
    }

    [Fact]
    public void Other_encodings_are_named()
    {
        byte[][] bodies =
        [
            [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("{}")],
            Encoding.Unicode.GetBytes("{}"),
            Encoding.BigEndianUnicode.GetBytes("{}"),
            Encoding.UTF32.GetBytes("{}"),
        ];

        foreach (byte[] body in bodies)
        {
            BodyItems.Unreadable unreadable = BodySplitter.Split(body).ShouldBeOfType<BodyItems.Unreadable>();
            unreadable.Code.ShouldBe("invalid_encoding");
            unreadable.Message.ShouldContain("UTF-8 was expected");
        }
    }

    [Fact]
    public void Broken_UTF8_is_named_with_its_place()
    {
        byte[] body = [.. "{\"event\":\""u8, 0xC3, 0x28, .. "\"}"u8];

        BodySplitter.Split(body).ShouldBe(new BodyItems.Unreadable("invalid_encoding", "the body is no UTF-8 at byte 10"));
    }

    [Theory]
    [InlineData(999, false)]
    [InlineData(1000, false)]
    [InlineData(1001, true)]
    public void A_thousand_items_are_the_most(int count, bool tooMany)
    {
        string array = "[" + string.Join(',', Enumerable.Repeat("{}", count)) + "]";
        string lines = string.Join('\n', Enumerable.Repeat("{}", count));

        (BodySplitter.Split(Encoding.UTF8.GetBytes(array)) is BodyItems.TooMany).ShouldBe(tooMany);
        (BodySplitter.Split(Encoding.UTF8.GetBytes(lines)) is BodyItems.TooMany).ShouldBe(tooMany);
    }

    [Fact]
    public void A_million_brackets_do_not_break_anything()
    {
        string hostile = new('[', 1_000_000);

        BodySplitter.Split(Encoding.UTF8.GetBytes(hostile)).ShouldBeOfType<BodyItems.Unreadable>();
    }
}
