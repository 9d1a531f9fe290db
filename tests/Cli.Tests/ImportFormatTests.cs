using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using CustomerIoDestination.Cli.Tests.Support;

namespace CustomerIoDestination.Cli.Tests;

/// <summary>What an import reads, and what it refuses before anything is sent.</summary>
public sealed class ImportFormatTests : IDisposable
{
    private const string Utf16Case =
        "//57ACIAdAB5AHAAZQAiADoAIgB0AHIAYQBjAGsAIgAsACIAZQB2AGUAbgB0ACIAOgAiAEEAIgAsACIAdQBzAGUAcgBJAGQAIgA6ACIAdQAtADIANQAiACwAIgBtAGUAcwBzAGEAZwBlAEkAZAAiADoAIgBtAGcALQAxACIALAAiAHQAaQBtAGUAcwB0AGEAbQBwACIAOgAiADIAMAAyADYALQAxADEALQAyADAAVAAwADgAOgAzADAAOgAwADAAWgAiACwAIgBwAHIAbwBwAGUAcgB0AGkAZQBzACIAOgB7AH0AfQANAAoAewAiAHQAeQBwAGUAIgA6ACIAdAByAGEAYwBrACIALAAiAGUAdgBlAG4AdAAiADoAIgBCACIALAAiAHUAcwBlAHIASQBkACIAOgAiAHUALQAyADUAIgAsACIAbQBlAHMAcwBhAGcAZQBJAGQAIgA6ACIAbQBnAC0AMgAiACwAIgB0AGkAbQBlAHMAdABhAG0AcAAiADoAIgAyADAAMgA2AC0AMQAxAC0AMgAwAFQAMAA4ADoAMwAwADoAMAAwAFoAIgAsACIAcAByAG8AcABlAHIAdABpAGUAcwAiADoAewB9AH0ADQAKAA==";

    private const string MarkOnEveryLineCase =
        "77u/eyJ0eXBlIjoidHJhY2siLCJldmVudCI6IkEiLCJ1c2VySWQiOiJ1LTI1IiwibWVzc2FnZUlkIjoibWctMSIsInRpbWVzdGFtcCI6IjIwMjYtMTEtMjBUMDg6MzA6MDBaIiwicHJvcGVydGllcyI6e319Cu+7v3sidHlwZSI6InRyYWNrIiwiZXZlbnQiOiJCIiwidXNlcklkIjoidS0yNSIsIm1lc3NhZ2VJZCI6Im1nLTIiLCJ0aW1lc3RhbXAiOiIyMDI2LTExLTIwVDA4OjMwOjAwWiIsInByb3BlcnRpZXMiOnt9fQo=";

    private const string A = """{"type":"track","event":"A","userId":"u","messageId":"a"}""";
    private const string B = """{"type":"track","event":"B","userId":"u","messageId":"b"}""";

    private readonly CliRig _cli = new() { Time = new QuickTime() };

    public ImportFormatTests() => _cli.Host.AcceptsEvents = true;

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_JSON_array_of_many_lines_is_imported()
    {
        string file = "[\n" + string.Join(",\n", Enumerable.Range(0, 1_200).Select(i => $$$"""  {"type":"track","event":"E","userId":"u-{{{i}}}","messageId":"ja-{{{i}}}","timestamp":"2026-11-20T08:30:00Z","properties":{}}""")) + "\n]\n";
        (await ImportAsync("events.json", file)).ShouldBe(0);
        _cli.Host.Accepted.Select(item => item["messageId"]!.GetValue<string>()).ShouldBe(Enumerable.Range(0, 1_200).Select(i => $"ja-{i}"));
    }

    [Theory]
    [InlineData($"[{A},{B}]")]
    [InlineData($" [ {A} \n,\n{B} , ] \n")]
    [InlineData($"{A}\n{B}")]
    [InlineData($"\n\r\n {A} \r\n{B}\r\n")]
    [InlineData("[{\"type\":\n\"track\",\"event\":\"A\",\"properties\":{\"x\":\"]},\\\"[{\\\\\"}},\n" + B + "]")]
    public async Task Events_are_found_however_they_are_laid_out(string text)
    {
        (await ImportAsync("e.json", text)).ShouldBe(0);
        _cli.Host.Accepted.Select(item => item["event"]!.GetValue<string>()).ShouldBe(["A", "B"]);
    }

    [Fact]
    public async Task A_bad_element_costs_itself_only_and_is_told_by_its_line()
    {
        (await ImportAsync("e.json", $"[\n{A},\nNaN,\n{{\"type\":\n 7}},\n[1,2],\n{B}\n]")).ShouldBe(1);
        _cli.Host.Accepted.Count.ShouldBe(2);
        _cli.Output.ShouldContain("line 3 invalid_json");
        _cli.Output.ShouldContain("line 4 invalid_event: type is a number");
        _cli.Output.ShouldContain("line 6 invalid_event: the item is");
    }

    [Theory]
    [InlineData($"[{A},\n", "the array does not end: the file breaks off at line 2")]
    [InlineData($"[{A}]\n{B}", "line 2 has something after the array's end")]
    [InlineData($"[{A},\n}}]", "line 2 closes an object that was not opened")]
    [InlineData($"[{A},\n{{\"type\":\"tra", "the array does not end")]
    public async Task A_broken_array_is_told_and_what_came_before_it_is_sent_or_can_be_resumed(string text, string message)
    {
        (await ImportAsync("e.json", text)).ShouldBe(1);
        _cli.Output.ShouldContain(message);
        _cli.Host.Accepted.Count.ShouldBeLessThanOrEqualTo(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Elements_are_found_wherever_the_file_is_cut_when_it_is_read(int chunk)
    {
        byte[] file = Encoding.UTF8.GetBytes($"[ {A} ,\n {{\"a\":[{{}},\"\\\\\\\"]\"],\"é\":\"\\u00e9,\"}},[ [],{{\"x\":\"}}\"}} ] ]");
        var found = new List<string>();
        await foreach (Importing.ImportItem item in Importing.JsonItems.ElementsAsync(new SlowStream(file, chunk), default))
        {
            found.Add(Encoding.UTF8.GetString(item.Source.Span));
        }

        found.ShouldBe([A, "{\"a\":[{},\"\\\\\\\"]\"],\"é\":\"\\u00e9,\"}", "[ [],{\"x\":\"}\"} ]"]);
    }

    [Fact]
    public async Task Marks_and_UTF_16_are_read()
    {
        foreach (string encoded in new[] { Utf16Case, MarkOnEveryLineCase })
        {
            _cli.Host.Accepted.Clear();
            (await _cli.RunAsync("import", _cli.Write("e.ndjson", Convert.FromBase64String(encoded)))).ShouldBe(0);
            _cli.Host.Accepted.Select(item => item["messageId"]!.GetValue<string>()).ShouldBe(["mg-1", "mg-2"]);
        }

        _cli.Host.Accepted.Clear();
        (await _cli.RunAsync("import", _cli.Write("e.json", [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes($"[{A},{B}]")]))).ShouldBe(0);
        (await _cli.RunAsync("import", _cli.Write("f.json", [.. "\uFEFF\uFEFF"u8, .. Encoding.UTF8.GetBytes($"[{A},{B}]")]))).ShouldBe(0);
        _cli.Host.Accepted.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Gzip_of_several_members_is_unpacked_by_its_content()
    {
        (await _cli.RunAsync("import", _cli.Write("e.ndjson", [.. Gzip(A + "\n"), .. Gzip(B + "\n")]))).ShouldBe(0);
        (await _cli.RunAsync("import", _cli.Write("f", [.. Gzip($"[{A},"), .. Gzip($"{B}]")]))).ShouldBe(0);
        (await _cli.RunAsync("import", _cli.Write("g.csv.gz", Gzip("type,event,userId\ntrack,C,u\n")))).ShouldBe(0);
        (await _cli.RunAsync("import", _cli.Write("padded.gz", [.. Gzip(A), .. new byte[500]]))).ShouldBe(0);
        _cli.Host.Accepted.Select(item => item["event"]!.GetValue<string>()).ShouldBe(["A", "B", "A", "B", "C", "A"]);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.999)]
    public async Task Gzip_that_breaks_off_is_told(double share)
    {
        var random = new Random(1);
        byte[] whole = Gzip(string.Concat(Enumerable.Range(0, 20_000).Select(i => $$$"""{"type":"track","event":"A","userId":"{{{random.NextInt64()}}}","messageId":"{{{i}}}"}""" + "\n")));
        (await _cli.RunAsync("import", _cli.Write("e.gz", whole[..(int)(whole.Length * share)]))).ShouldBe(1);
        _cli.Output.ShouldContain("it breaks off before its end");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(512)]
    [InlineData(300_000)]
    public async Task Gzip_that_is_padded_with_zeros_is_whole(int zeros)
    {
        byte[] empty = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        foreach (byte[] last in new[] { Gzip(A), Gzip(string.Concat(Enumerable.Repeat(A + "\n", 2_000))), empty })
        {
            foreach (byte[] packed in new byte[][] { last, [.. Gzip(B + "\n"), .. last] })
            {
                (await _cli.RunAsync("import", _cli.Write("e.ndjson", [.. packed, .. new byte[zeros]]))).ShouldBe(0, _cli.Output);
            }
        }

        _cli.Host.Accepted.Count(item => item["event"]!.GetValue<string>() == "A").ShouldBe(2 * 2_001);
        _cli.Host.Accepted.Count(item => item["event"]!.GetValue<string>() == "B").ShouldBe(3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(30_000)]
    public async Task Gzip_with_something_else_behind_it_is_told(int zeros)
    {
        (await _cli.RunAsync("import", _cli.Write("e.ndjson", [.. Gzip(A), 7, .. new byte[zeros]]))).ShouldBe(1);
        (await _cli.RunAsync("import", _cli.Write("e.ndjson", [.. Gzip(A), .. new byte[zeros], 7]))).ShouldBe(1);
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(0.99)]
    [InlineData(0.9999)]
    public async Task Gzip_that_breaks_off_and_is_filled_with_zeros_is_told_and_makes_no_events(double share)
    {
        byte[] whole = Gzip(string.Concat(Enumerable.Range(0, 4_000).Select(i => $$$"""{"type":"track","event":"A","userId":"u-{{{i % 37}}}","messageId":"m-{{{i}}}"}""" + "\n")));
        int kept = (int)(whole.Length * share);
        foreach (int zeros in new[] { 1, 9, whole.Length - kept, whole.Length - kept + 100_000 })
        {
            (await _cli.RunAsync("import", _cli.Write("e.ndjson", [.. whole[..kept], .. new byte[zeros]]))).ShouldBe(1);
        }

        _cli.Host.Calls.ShouldBeEmpty();
    }

    public static TheoryData<string, byte[], string> Refused() => new()
    {
        { "e.xlsx", [0x50, 0x4B, 0x03, 0x04, 1, 2], "a zip archive or an Excel workbook" },
        { "e.zst", [0x28, 0xB5, 0x2F, 0xFD, 1], "packed with zstd" },
        { "e.parquet", [.. "PAR1"u8, 0, 1], "it is Parquet" },
        { "e.ndjson", [0xFF, 0xFE, 0, 0, 0x7B, 0, 0, 0], "UTF-32" },
        { "e.ndjson", Encoding.Unicode.GetBytes(A), "UTF-16 without a mark" },
        { "e.ndjson", [.. Encoding.UTF8.GetBytes(A), 0, 1], "zero bytes" },
        { "e.html", [.. "<html>\n"u8], "XML or HTML" },
        { "e.json", [.. "{\n  \"type\": \"track\"\n}"u8], "an object broken over lines" },
        { "e.txt", [.. "hello\nworld\n"u8], "no line at its beginning is a JSON object" },
        { "e.csv", [.. "type,event\ntrack,M"u8, 0xFC, .. "nster\n"u8], "it is no UTF-8 at byte 18" },
        { "e.csv", [.. "event,,userId\n"u8], "column 2 of the header has no name" },
        { "e.csv", [.. "event,userId,event\n"u8], "two columns are called event" },
        { "e.csv", [.. "name,plan\nx,y\n"u8], "no column says what kind of event a row is" },
        { "e.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF], "it is broken gzip, or it breaks off before its end" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_file_that_can_not_be_read_ends_in_one_message_before_anything_is_sent(string name, byte[] bytes, string message)
    {
        (await _cli.RunAsync("import", _cli.Write(name, bytes))).ShouldBe(1);
        _cli.Output.ShouldContain(message);
        _cli.Output.Trim().Split('\n').Length.ShouldBeLessThanOrEqualTo(2);
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("e.ndjson", "\n \n")]
    [InlineData("e.json", "[]")]
    [InlineData("e.json", "")]
    [InlineData("e.csv", "type,event\n\n")]
    [InlineData("e.csv", "")]
    public async Task An_empty_file_is_done_at_once(string name, string text) => (await ImportAsync(name, text)).ShouldBe(0);

    [Fact]
    public async Task A_file_that_is_not_there_is_told()
    {
        (await _cli.RunAsync("import", "nowhere.ndjson")).ShouldBe(1);
        _cli.Output.ShouldContain("There is no file nowhere.ndjson.");
        (await _cli.RunAsync("import", "")).ShouldBe(1);
        (await _cli.RunAsync("import", "e.csv", "--map", "")).ShouldBe(1);
        _cli.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    public async Task A_CSV_is_read_by_the_delimiter_of_its_header(char delimiter)
    {
        string text = "type,event,userId,timestamp,total,context.page.url,traits.plan\r\ntrack,\"Order, \"\"big\"\";\tone\",u1,2026-11-20T08:30:00Z,12.50,https://a.example/,\r\nidentify,,u1,2026-11-20T08:31:00Z,é,,gold\r\n";
        string[] cells = ["Order, \"\"big\"\";\tone"];
        (await ImportAsync("e.csv", text.Replace(cells[0], "KEEP", StringComparison.Ordinal).Replace(',', delimiter).Replace("KEEP", cells[0], StringComparison.Ordinal))).ShouldBe(0);

        JsonNode track = WithoutId(_cli.Host.Accepted[0]);
        JsonNode.DeepEquals(track, JsonNode.Parse("""
            {"type": "track", "event": "Order, \"big\";\tone", "userId": "u1", "timestamp": "2026-11-20T08:30:00Z", "properties": {"total": "12.50"}, "context": {"page": {"url": "https://a.example/"}}}
            """)).ShouldBeTrue(track.ToJsonString());
        JsonNode identify = WithoutId(_cli.Host.Accepted[1]);
        JsonNode.DeepEquals(identify, JsonNode.Parse("""{"type": "identify", "userId": "u1", "timestamp": "2026-11-20T08:31:00Z", "traits": {"total": "é", "plan": "gold"}}""")).ShouldBeTrue(identify.ToJsonString());
    }

    [Fact]
    public async Task A_map_renames_columns_says_their_types_leaves_out_and_sets()
    {
        string map = _cli.Write("map.json", """
            {"columns": {"Customer": "userId", "Age": {"to": "traits.age", "type": "number"}, "VIP": {"type": "boolean"}, "Notes": null}, "set": {"type": "identify", "context": {"backfill": true}}}
            """);
        (await _cli.RunAsync("import", _cli.Write("people.txt", "Customer,Age,VIP,Notes,Plan\nu1,41,TRUE,secret,gold\nu2,old,,,\n"), "--format", "csv", "--map", map)).ShouldBe(1);

        JsonNode person = WithoutId(_cli.Host.Accepted.ShouldHaveSingleItem());
        JsonNode.DeepEquals(person, JsonNode.Parse("""{"type": "identify", "context": {"backfill": true}, "userId": "u1", "traits": {"age": 41, "VIP": true, "Plan": "gold"}}""")).ShouldBeTrue(person.ToJsonString());
        _cli.Output.ShouldContain("line 3 invalid_value: traits.age is no number");
    }

    [Theory]
    [InlineData("{\"columns\": {\"Nope\": null}}", "names a column that the header has not: Nope")]
    [InlineData("{\"columns\": {\"type\": {\"type\": \"date\"}}}", "columns.type: \"to\" is a name, \"type\" one of text, number, boolean")]
    [InlineData("{\"colums\": {}}", "\"colums\" is unknown")]
    [InlineData("{\"columns\": {\"type\": 7}}", "columns.type is neither a name")]
    [InlineData("[]", "the map is no object")]
    [InlineData("{", "it is no JSON at line 1")]
    public async Task A_map_that_makes_no_sense_is_told_before_anything_is_sent(string map, string message)
    {
        (await _cli.RunAsync("import", _cli.Write("e.csv", "type,event\ntrack,A\n"), "--map", _cli.Write("map.json", map))).ShouldBe(1);
        _cli.Output.ShouldContain(message);
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("type,event,price,properties.price", "{}", "price and properties.price both fill properties.price: leave one out or name another place for it, with --map")]
    [InlineData("type,event,properties.price,price", "{}", "properties.price and price both fill properties.price")]
    [InlineData("type,plan,traits.plan", "{}", "plan and traits.plan both fill traits.plan")]
    [InlineData("plan,traits.plan", "{\"set\": {\"type\": \"identify\"}}", "plan and traits.plan both fill traits.plan")]
    [InlineData("type,event,properties,properties.price", "{}", "properties and properties.price both fill properties.price")]
    [InlineData("type,event,properties.a.b,properties.a", "{}", "properties.a and properties.a.b both fill properties.a.b")]
    [InlineData("type,event,properties,price", "{}", "properties and price both fill properties.price")]
    [InlineData("type,event,context.page.url", "{\"set\": {\"context\": {\"backfill\": true}}}", "context and context.page.url both fill context.page.url")]
    [InlineData("type,event,a,b", "{\"columns\": {\"a\": \"x\", \"b\": \"properties.x\"}}", "x and properties.x both fill properties.x")]
    [InlineData("type,event,i,i", "{}", "two columns are called i.")]
    [InlineData("type,event,a", "{\"columns\": {\"a\": {\"to\": \"\"}}}", "the map names a place that has no name")]
    [InlineData("type,event,a", "{\"columns\": {\"a\": \" \"}}", "the map names a place that has no name")]
    [InlineData("type,event,a", "{\"columns\": {\"a\": \"traits.\"}}", "a part of traits. has no name")]
    [InlineData("type,event,a", "{\"set\": {\"context..x\": 1}}", "a part of context..x has no name")]
    [InlineData("type,event,traits.", "{}", "a part of traits. has no name")]
    public async Task Two_values_for_one_place_and_places_without_a_name_are_told_before_anything_is_sent(string header, string map, string message)
    {
        (await _cli.RunAsync("import", _cli.Write("e.csv", header + "\ntrack,A,1,2\n"), "--map", _cli.Write("map.json", map))).ShouldBe(1);
        _cli.Output.ShouldContain(message);
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("type,event,a.b,properties.a.b", "{}")]
    [InlineData("type,event,properties.a,properties.ab", "{}")]
    [InlineData("event,plan,traits.plan", "{\"set\": {\"type\": \"track\"}}")]
    [InlineData("type,event,context.page.url", "{\"set\": {\"context.backfill\": true}}")]
    [InlineData("type,event,price,properties.price", "{\"columns\": {\"price\": null}}")]
    public async Task Values_for_places_of_their_own_are_sent(string header, string map)
    {
        string row = string.Join(',', header.Split(',').Select((name, i) => name == "type" ? "track" : $"{i}"));

        (await _cli.RunAsync("import", _cli.Write("e.csv", $"{header}\n{row}\n"), "--map", _cli.Write("map.json", map))).ShouldBe(0, _cli.Output);

        _cli.Host.Accepted.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_value_that_is_no_number_is_told_by_the_name_of_its_column()
    {
        string map = _cli.Write("map.json", "{\"columns\": {\"price\": {\"type\": \"number\"}}}");

        (await _cli.RunAsync("import", _cli.Write("e.csv", "type,event,price\ntrack,A,old\n"), "--map", map)).ShouldBe(1);

        _cli.Output.ShouldContain("line 2 invalid_value: price is no number");
    }

    [Fact]
    public async Task Rows_with_too_few_or_too_many_fields_are_refused_by_their_line()
    {
        (await ImportAsync("e.csv", "type,event,note\ntrack,A,\"one\ntwo\"\ntrack,B\ntrack,C,x,y\ntrack,D,\n")).ShouldBe(1);
        _cli.Host.Accepted.Select(item => item["event"]!.GetValue<string>()).ShouldBe(["A", "D"]);
        _cli.Output.ShouldContain("line 4 invalid_row: the row has 2 fields, the header has 3");
        _cli.Output.ShouldContain("line 5 invalid_row: the row has 4 fields, the header has 3");
    }

    [Fact]
    public async Task A_quote_that_is_not_closed_is_told_before_anything_is_sent()
    {
        string rows = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"track,E,u{i},x\n"));

        (await ImportAsync("e.csv", "type,event,userId,note\n" + rows + "track,E,late,\"open\n" + rows)).ShouldBe(1);

        _cli.Output.ShouldContain("e.csv can't be imported: a quote in the row that begins on line 1002 is not closed. Nothing was sent.");
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("type,event,userId,\"note\ntrack,E,u,x\n", 1)]
    [InlineData("type,event,note\ntrack,E,\"", 2)]
    [InlineData("type,event,note\ntrack,E,\"x\"\"", 2)]
    [InlineData("type,event,note\ntrack,E,\"x\ny\"\ntrack,F,\"z", 4)]
    [InlineData("\n\ntype,event,note\r\ntrack,E,\"x\r\n", 4)]
    public async Task The_row_with_the_open_quote_is_told_by_its_line(string text, int line)
    {
        (await ImportAsync("e.csv", text)).ShouldBe(1);
        _cli.Output.ShouldContain($"a quote in the row that begins on line {line} is not closed");
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("type,event,note\ntrack,E,\"x\"", "x")]
    [InlineData("type,event,note\ntrack,E,\"x\n\"", "x\n")]
    [InlineData("type,event,note\ntrack,E,5\" pipe\n", "5\" pipe")]
    [InlineData("type,event,note\ntrack,E,\"\"\"\"\n", "\"")]
    [InlineData("type,event,note\rtrack,E,x", "x")]
    public async Task A_quote_that_is_closed_or_opens_nothing_is_none(string text, string note)
    {
        (await ImportAsync("e.csv", text)).ShouldBe(0);
        _cli.Host.Accepted.ShouldHaveSingleItem()["properties"]!["note"]!.GetValue<string>().ShouldBe(note);
    }

    [Theory]
    [InlineData("track,A,\"open\ntrack,B,\"z\"\n")]
    [InlineData("track,A,\"open\ntrack,B,\"z\n")]
    [InlineData("track,A,\"x\"y\n")]
    public async Task A_row_with_text_behind_a_closing_quote_is_refused_because_one_was_left_open(string rows)
    {
        (await ImportAsync("e.csv", "type,event,note\n" + rows + "track,C,x\n")).ShouldBe(1);

        _cli.Host.Accepted.ShouldHaveSingleItem()["event"]!.GetValue<string>().ShouldBe("C");
        _cli.Output.ShouldContain("line 2 invalid_row: text stands behind a closing quote in it");
    }

    [Theory]
    [InlineData("\"x\" ", "x ")]
    [InlineData(" \"x\"", " \"x\"")]
    [InlineData("x \"y\" z", "x \"y\" z")]
    public async Task Blanks_behind_a_quote_and_quotes_inside_of_a_cell_are_harmless(string cell, string note)
    {
        (await ImportAsync("e.csv", $"type,event,note\ntrack,A,{cell}\n")).ShouldBe(0);
        _cli.Host.Accepted.ShouldHaveSingleItem()["properties"]!["note"]!.GetValue<string>().ShouldBe(note);
    }

    [Fact]
    public async Task An_open_quote_in_standard_input_is_told_and_ends_the_import()
    {
        _cli.Input = Encoding.UTF8.GetBytes("type,event,note\ntrack,E,x\ntrack,E,\"open\ntrack,E,y\n");

        (await _cli.RunAsync("import", "-", "--format", "csv")).ShouldBe(1);

        _cli.Output.ShouldContain("standard input can't be read on: a quote in the row that begins on line 3 is not closed.");
    }

    [Theory]
    [InlineData("e.json", "[{\"type\":\"track\",\"event\":\"E\"},\n", "the array does not end")]
    [InlineData("e.csv", "type,event,note\nMANYtrack,E,\"", "a quote in the row that begins on line 1202 is not closed")]
    public async Task A_long_file_is_read_to_its_end_before_anything_is_sent(string name, string text, string message)
    {
        string many = string.Concat(Enumerable.Repeat("track,E,x\n", 1_200));
        text = name == "e.json" ? "[" + string.Concat(Enumerable.Repeat(text[1..], 1_200)) : text.Replace("MANY", many, StringComparison.Ordinal);

        (await ImportAsync(name, text)).ShouldBe(1);

        _cli.Output.ShouldContain(message);
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n\r\n")]
    public async Task Blank_lines_before_the_header_of_a_CSV_are_passed_over(string before)
    {
        (await ImportAsync("e.csv", before + "type,event,userId\ntrack,A,u\ntrack,B\n")).ShouldBe(1);

        _cli.Host.Accepted.ShouldHaveSingleItem()["event"]!.GetValue<string>().ShouldBe("A");
        _cli.Output.ShouldContain($"line {before.Count(c => c == '\n') + 3} invalid_row");
    }

    [Fact]
    public async Task A_row_that_is_no_UTF_8_costs_itself_only_and_one_with_the_replacement_character_is_none()
    {
        byte[] file =
        [
            .. "type,event,userId,größe\n"u8, .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"track,{new string('e', 99)},u,\n", 11_000))), .. "track,\uFFFD,u,größer 😀\n"u8, .. "track,M"u8, 0xFC, .. "nster,u,\n"u8, .. "track,B,u,\n"u8,
        ];

        (await _cli.RunAsync("import", _cli.Write("e.csv", file))).ShouldBe(1);

        _cli.Host.Accepted.Select(item => item["event"]!.GetValue<string>()).Where(name => name.Length < 9).ShouldBe(["\uFFFD", "B"]);
        _cli.Host.Accepted[^2]["properties"]!["größe"]!.GetValue<string>().ShouldBe("größer 😀");
        _cli.Output.ShouldContain("line 11003 invalid_encoding: the row is no UTF-8");
        _cli.Output.ShouldContain("11,002 accepted, 0 skipped, 1 rejected.");
    }

    [Theory]
    [InlineData("track,A,u,{0}", 5_000_000)]
    [InlineData("track,A,u,{0}", 4_194_288)]
    [InlineData("track,A,u,\"{0}\"", 4_194_278)]
    [InlineData("track,A,u,\"{0}\"", 5_000_000)]
    [InlineData("track,A,u,\"{0}\"\"{0}\"", 4_000_000)]
    [InlineData("track,A,u,\"{0}\nx\"", 5_000_000)]
    [InlineData("track,A,u,\"x\n{0}\"", 5_000_000)]
    [InlineData("track,A,\"{0}\",\"x\"", 5_000_000)]
    public async Task A_row_that_is_too_long_to_be_held_costs_itself_only(string row, int length)
    {
        string text = "type,event,userId,note\ntrack,B,u,\n" + string.Format(System.Globalization.CultureInfo.InvariantCulture, row, new string('x', length)) + "\ntrack,C,u,\n";

        (await ImportAsync("e.csv", text)).ShouldBe(1);

        _cli.Host.Accepted.Select(item => item["event"]!.GetValue<string>()).ShouldBe(["B", "C"]);
        _cli.Output.ShouldContain("line 3 event_too_large: the row has 4");
        _cli.Output.ShouldContain("2 accepted, 0 skipped, 1 rejected.");
    }

    [Fact]
    public async Task A_cell_over_many_lines_that_is_too_long_to_be_held_is_told_with_what_it_most_likely_is()
    {
        (await ImportAsync("e.csv", "type,event,note\ntrack,A,\n\"track,B,\n" + string.Concat(Enumerable.Repeat("track,C,\n", 500_000)))).ShouldBe(1);

        _cli.Output.ShouldContain("e.csv can't be imported: the row that begins on line 3 has a cell of more than 4194304 bytes: most likely a quote in it is not closed.");
        _cli.Host.Calls.ShouldBeEmpty();
    }

    private static JsonNode WithoutId(JsonNode item)
    {
        item["messageId"]!.GetValue<string>().ShouldStartWith("import-");
        item.AsObject().Remove("messageId");
        return item;
    }

    private Task<int> ImportAsync(string name, string text) => _cli.RunAsync("import", _cli.Write(name, text));

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private sealed class SlowStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(buffer.Length, chunk)], cancellationToken);
    }
}
