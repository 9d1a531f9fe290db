using System.Diagnostics;
using System.Net;
using CustomerIoDestination.Cli.Importing;
using CustomerIoDestination.Cli.Tests.Support;

namespace CustomerIoDestination.Cli.Tests;

/// <summary>The rest of an interrupted import is read as its beginning was, and the line that is told goes on with it.</summary>
public sealed class ImportResumeTests : IDisposable
{
    private const string Map = """{"columns": {"Secret": null, "Age": {"to": "traits.age", "type": "number"}}, "set": {"type": "identify"}}""";

    private readonly CliRig _cli = new() { Time = new QuickTime() };
    private readonly string _map;

    public ImportResumeTests() => _map = _cli.Write("people.map.json", Map);

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task The_line_that_is_told_goes_on_with_the_map_and_the_format_and_a_column_that_stays_behind_does()
    {
        string file = _cli.Write("people", People(1_100));
        InterruptedAfterFirstBatch();
        (await _cli.RunAsync("import", file, "--format", "csv", "--map", _map, "--url", "http://host.example/in", "--key", "the-key", "--scan", "--yes")).ShouldBe(1);

        string line = ResumeLine();
        line.ShouldBe($"import {file} --format csv --map {_map} --url http://host.example/in --scan --yes");
        _cli.Output.ShouldContain("And give the key as before, with --key.");
        _cli.Output.ShouldNotContain("the-key");

        _cli.Host.AcceptsEvents = true;
        (await _cli.RunAsync([.. line.Split(' '), "--key", "the-key"])).ShouldBe(0);
        _cli.Host.Accepted.Count.ShouldBe(600);
        _cli.Host.Calls.ShouldAllBe(call => !call.Body.Contains("Secret", StringComparison.Ordinal));
        _cli.Host.Accepted[^1]["traits"]!["age"]!.GetValue<int>().ShouldBe(1_099);
    }

    [Fact]
    public async Task Without_the_map_nothing_is_sent_on()
    {
        string file = await InterruptedAsync("people.csv", "--map", _map);

        (await _cli.RunAsync("import", file)).ShouldBe(1);

        _cli.Output.ShouldContain($"{file}.import.json is of an interrupted import that had a map: give --map {_map} to go on, or remove it to import all of {file} anew.");
        _cli.Host.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task With_a_map_that_says_something_else_nothing_is_sent_on()
    {
        string file = await InterruptedAsync("people.csv", "--map", _map);
        _cli.Write("people.map.json", Map.Replace("\"Secret\": null, ", "", StringComparison.Ordinal));

        (await _cli.RunAsync("import", file, "--map", _map)).ShouldBe(1);

        _cli.Output.ShouldContain($"that had another map, {_map} as it was then: give that one to go on");
        _cli.Host.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_same_map_under_another_name_is_the_same()
    {
        string file = await InterruptedAsync("people.csv", "--map", _map);
        _cli.Host.AcceptsEvents = true;

        (await _cli.RunAsync("import", file, "--map", _cli.Write("other.json", Map))).ShouldBe(0);

        _cli.Host.Accepted.Count.ShouldBe(600);
    }

    [Fact]
    public async Task With_a_map_where_there_was_none_nothing_is_sent_on()
    {
        string file = _cli.Write("people.csv", "type,userId\n" + string.Concat(Enumerable.Range(0, 1_100).Select(n => $"identify,{n}\n")));
        InterruptedAfterFirstBatch();
        (await _cli.RunAsync("import", file)).ShouldBe(1);

        (await _cli.RunAsync("import", file, "--map", _cli.Write("other.json", "{}"))).ShouldBe(1);

        _cli.Output.ShouldContain("that had no map: leave --map out to go on");
        _cli.Host.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task In_another_format_nothing_is_sent_on()
    {
        string file = await InterruptedAsync("people", "--map", _map, "--format", "csv");

        (await _cli.RunAsync("import", file, "--format", "ndjson")).ShouldBe(1);

        _cli.Output.ShouldContain("that read it as csv, and it would be read on as ndjson: give --format csv to go on");
        _cli.Host.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_line_names_the_files_whose_turn_did_not_come_and_not_those_that_are_done()
    {
        const string Event = """{"type":"track","event":"E","userId":"u"}""";
        string[] files = [_cli.Write("a.ndjson", Event), _cli.Write("b b.ndjson", string.Concat(Enumerable.Repeat(Event + "\n", 600))), _cli.Write("c.ndjson", Event)];
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 1, "skipped": 0, "rejected": []}""");
        InterruptedAfterFirstBatch();

        (await _cli.RunAsync(["import", .. files])).ShouldBe(1);

        ResumeLine().ShouldBe($"import '{files[1]}' {files[2]}");
    }

    [Theory]
    [InlineData("a b.csv")]
    [InlineData("it's $HOME `x` \"y\" \\ ; & | * ? # ~")]
    [InlineData("")]
    [InlineData("plain-1_2.csv")]
    public void A_word_is_quoted_so_that_a_shell_takes_it_for_itself(string word)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"printf %s {ShellText.Quoted(word)}"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        shell.StandardOutput.ReadToEnd().ShouldBe(word);
        shell.WaitForExit();
    }

    private static string People(int count) => "userId,Age,Secret\n" + string.Concat(Enumerable.Range(0, count).Select(n => $"u{n},{n},s\n"));

    private string ResumeLine() => _cli.Output.Split("Resume with: ")[^1].Split('\n')[0].TrimEnd();

    private void InterruptedAfterFirstBatch()
    {
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 500, "skipped": 0, "rejected": []}""");
        _cli.Host.Answer(HttpStatusCode.Unauthorized, """{"code": "key_wrong", "message": ""}""");
    }

    private async Task<string> InterruptedAsync(string name, params string[] options)
    {
        string file = _cli.Write(name, People(1_100));
        InterruptedAfterFirstBatch();
        (await _cli.RunAsync(["import", file, .. options])).ShouldBe(1);
        return file;
    }
}
