using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.Json;

public sealed class JsonTableTests
{
    [Fact]
    public void JSON_that_is_read_and_written_again_is_the_same_JSON() =>
        SomeJson.Values.Holds(text => JsonNode.DeepEquals(JsonNode.Parse(Rewrite(text)), JsonNode.Parse(text)).ShouldBeTrue(text));

    [Fact]
    public void Only_the_escapes_JSON_requires_are_written() =>
        Rewrite("""{ "a" : "\u00e9\/\u2028<>&+'\u007f\ud83d\ude00" , "b":"\u0000\u001f\b\f\n\r\t\"\\" }""")
            .ShouldBe("{\"a\":\"é/\u2028<>&+'\u007f😀\",\"b\":\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\"\\\\\"}");

    [Fact]
    public void Numbers_keep_their_digits() =>
        Rewrite("[12345678901234567890123,1.10,-0,1E+400,0.00]").ShouldBe("[12345678901234567890123,1.10,-0,1E+400,0.00]");

    [Theory]
    [InlineData("\"\\ud800\"", "\"\uFFFD\"")]
    [InlineData("\"\\udc00\\ud800x\"", "\"\uFFFD\uFFFDx\"")]
    [InlineData("\"\\ud800\\ud83d\\ude00\"", "\"\uFFFD😀\"")]
    public void Lone_surrogates_become_the_replacement_character(string json, string expected) => Rewrite(json).ShouldBe(expected);

    [Theory]
    [InlineData(2)]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(500)]
    public void The_last_of_repeated_names_counts_in_small_and_large_objects(int names)
    {
        string json = "{" + string.Join(',', Enumerable.Range(0, names).Select(i => $"\"n{i}\":1").Append("\"n0\":2").Append("\"\\u006e1\":3")) + "}";

        JsonObject read = JsonNode.Parse(Rewrite(json))!.AsObject();

        read.Count.ShouldBe(names);
        read["n0"]!.GetValue<int>().ShouldBe(2);
        read["n1"]!.GetValue<int>().ShouldBe(3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("{\"a\"}")]
    [InlineData("nul")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\ud8\"")]
    [InlineData("1 2")]
    public void Text_that_is_no_JSON_is_refused_without_an_exception(string json) => new JsonTable().TryRead(Encoding.UTF8.GetBytes(json)).ShouldBeFalse();

    [Fact]
    public void Any_bytes_are_read_or_refused_but_never_thrown_on() =>
        Gen.Byte.Array[0, 200].Holds(bytes =>
        {
            using var table = new JsonTable();
            if (table.TryRead(bytes))
            {
                using var output = new ScratchBuffer();
                output.WriteValue(table.Root);
                using var again = JsonDocument.Parse(output.Written.ToArray());
            }
        });

    [Fact]
    public void A_table_reads_one_value_after_another()
    {
        using var table = new JsonTable();
        for (int size = 1; size < 5_000; size += 997)
        {
            table.TryRead(Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(0, size)) + "]")).ShouldBeTrue();
            int count = 0;
            foreach (CustomerIoDestination.Text.JsonValue element in table.Root.Elements)
            {
                Encoding.UTF8.GetString(element.Bytes).ShouldBe(count.ToString(System.Globalization.CultureInfo.InvariantCulture));
                count++;
            }

            count.ShouldBe(size);
        }
    }

    private static string Rewrite(string json)
    {
        using var table = new JsonTable();
        table.TryRead(Encoding.UTF8.GetBytes(json)).ShouldBeTrue();
        using var output = new ScratchBuffer();
        output.WriteValue(table.Root);
        return Encoding.UTF8.GetString(output.Written);
    }
}
