using CustomerIoDestination.Cli.Importing;
using CustomerIoDestination.Cli.Tests.Support;

namespace CustomerIoDestination.Cli.Tests;

/// <summary>Events without an id get one from what they are, so that importing twice doubles nothing.</summary>
public sealed class ImportIdTests : IDisposable
{
    private readonly CliRig _cli = new() { Time = new QuickTime() };

    public ImportIdTests() => _cli.Host.AcceptsEvents = true;

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task The_same_file_renamed_or_grown_gives_the_same_ids_and_equal_lines_different_ones()
    {
        const string Lines = """
            {"type":"track","event":"E","userId":"u-1","properties":{"n":1}}
            {"type":"track","event":"E","userId":"u-2","properties":{"n":2}}
            {"type":"track","event":"E","userId":"u-1","properties":{"n":1}}

            """;
        string[] first = await IdsAsync("a.ndjson", Lines);
        string[] renamed = await IdsAsync("b.ndjson", Lines.Replace("\n", "\r\n", StringComparison.Ordinal));
        string[] grown = await IdsAsync("c.ndjson", Lines + Lines);

        first.Distinct().Count().ShouldBe(3);
        first[2].ShouldBe(first[0][..^1] + "2");
        renamed.ShouldBe(first);
        grown[..3].ShouldBe(first);
        grown.Distinct().Count().ShouldBe(6);
    }

    [Theory]
    [InlineData("""{"type":"track","event":"E","messageId":"given"}""", """{"type":"track","event":"E","messageId":"given"}""")]
    [InlineData("""{"type":"track","event":"E","properties":{"$insert_id":"given"}}""", """{"type":"track","event":"E","properties":{"$insert_id":"given"}}""")]
    [InlineData("""{"type":"track","event":"E"}""", """{"type":"track","event":"E","messageId":"ID"}""")]
    [InlineData("""{"type":"track","messageId":"undefined","event":"E"}""", """{"type":"track","messageId":"ID","event":"E"}""")]
    [InlineData("""{"type":"track","messageId":null,"event":"E","n":1.50}""", """{"type":"track","messageId":"ID","event":"E","n":1.50}""")]
    [InlineData("""{"event":"E","properties":{"distinct_id":"u"}}""", """{"event":"E","properties":{"distinct_id":"u","$insert_id":"ID"}}""")]
    [InlineData("""{"event":"E","properties":{"$insert_id":" "}}""", """{"event":"E","properties":{"$insert_id":"ID"}}""")]
    [InlineData("""{"event":"E"}""", """{"event":"E","properties":{"$insert_id":"ID"}}""")]
    [InlineData("""{"event":"E","properties":"{\"distinct_id\":\"u\"}"}""", """{"event":"E","properties":"{\"distinct_id\":\"u\",\"$insert_id\":\"ID\"}"}""")]
    [InlineData("""{"event":"E","properties":[1]}""", """{"event":"E","properties":[1]}""")]
    public async Task An_id_is_added_where_the_event_keeps_its_own_and_only_if_it_has_none(string given, string expected)
    {
        (await _cli.RunAsync("import", _cli.Write("e.ndjson", given))).ShouldBe(0);

        string sent = _cli.Host.Calls.ShouldHaveSingleItem().Body.TrimEnd();
        int id = sent.IndexOf("import-", StringComparison.Ordinal);
        (id < 0 ? sent : sent[..id] + "ID" + sent[(id + "import-".Length + 34)..]).ShouldBe(expected);
    }

    [Fact]
    public async Task A_line_that_is_a_batch_is_refused()
    {
        (await _cli.RunAsync("import", _cli.Write("e.ndjson", """{"type":"batch","batch":[{"type":"track","event":"E"}]}"""))).ShouldBe(1);
        _cli.Output.ShouldContain("line 1 invalid_event: the item is a batch");
    }

    [Fact]
    public void Two_hundred_thousand_different_items_are_counted_apart_and_leave_nothing_behind()
    {
        using (var ids = new ImportIds(_cli.Folder))
        {
            for (int pass = 1; pass <= 2; pass++)
            {
                for (int i = 0; i < 200_000; i++)
                {
                    ids.Next(BitConverter.GetBytes(i)).EndsWith($"-{pass}", StringComparison.Ordinal).ShouldBeTrue();
                }
            }
        }

        Directory.EnumerateFiles(_cli.Folder).ShouldBeEmpty();
    }

    private async Task<string[]> IdsAsync(string name, string text)
    {
        _cli.Host.Accepted.Clear();
        (await _cli.RunAsync("import", _cli.Write(name, text))).ShouldBe(0);
        return [.. _cli.Host.Accepted.Select(item => item["messageId"]!.GetValue<string>())];
    }
}
