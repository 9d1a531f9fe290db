using System.Diagnostics;
using System.Globalization;
using System.Net;
using CustomerIoDestination.Cli.Tests.Support;

namespace CustomerIoDestination.Cli.Tests;

/// <summary>What an import writes, and that it finds out before anything is sent where it can't.</summary>
public sealed class ImportPlacesTests : IDisposable
{
    private const string Event = """{"type":"track","event":"E","userId":"u"}""";
    private const string Events = Event + "\nno event\n" + Event + "\n";

    private readonly CliRig _cli = new() { Time = new QuickTime() };

    public ImportPlacesTests() => _cli.Host.AcceptsEvents = true;

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_state_that_can_not_be_written_is_told_before_anything_is_sent()
    {
        string file = _cli.Write("e.ndjson", Events);
        string folder = Directory.CreateDirectory(Path.Combine(_cli.Folder, "folder")).FullName;
        string nowhere = Path.Combine(_cli.Folder, "none", "state");

        (await _cli.RunAsync("import", file, "--state", folder)).ShouldBe(1);
        _cli.Output.ShouldContain($"{folder} is a folder; --state names a file. Nothing was sent.");
        (await _cli.RunAsync("import", file, "--state", nowhere)).ShouldBe(1);
        _cli.Output.ShouldContain($"{nowhere}, which tells how far the import is, can't be written; say with --state where else. Nothing was sent.");
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_of_refused_items_that_can_not_be_written_is_told_before_anything_is_sent()
    {
        string file = _cli.Write("e.ndjson", Events);
        string folder = Directory.CreateDirectory(file + ".refused.ndjson").FullName;

        (await _cli.RunAsync("import", file)).ShouldBe(1);

        _cli.Output.ShouldContain($"{folder} is a folder, and what is refused goes into a file of that name. Nothing was sent.");
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_of_which_another_import_has_the_state_is_told_before_anything_is_sent()
    {
        string file = _cli.Write("e.ndjson", Event);
        await using (new FileStream(file + ".import.json.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            (await _cli.RunAsync("import", file)).ShouldBe(1);
        }

        _cli.Output.ShouldContain($"another import has {file}.import.json; wait until it is done. Nothing was sent.");
        _cli.Host.Calls.ShouldBeEmpty();

        (await _cli.RunAsync("import", file)).ShouldBe(0);
        Directory.EnumerateFiles(_cli.Folder).Select(Path.GetFileName).ShouldBe(["e.ndjson"]);
    }

    [Fact]
    public async Task The_state_is_kept_from_others_while_an_import_runs()
    {
        string file = _cli.Write("e.ndjson", Event);
        bool isHeld = false;
        _cli.Host.BeforeAnswer = () =>
        {
            try
            {
                using var other = new FileStream(file + ".import.json.lock", FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                isHeld = true;
            }
        };

        (await _cli.RunAsync("import", file)).ShouldBe(0);

        isHeld.ShouldBeTrue();
    }

    [Fact]
    public async Task An_import_of_which_nothing_was_accepted_leaves_no_state()
    {
        string file = _cli.Write("e.ndjson", Event);
        _cli.Host.Answer(HttpStatusCode.Unauthorized, """{"code": "key_wrong", "message": ""}""");

        (await _cli.RunAsync("import", file)).ShouldBe(1);

        _cli.Output.ShouldNotContain("Resume with");
        Directory.EnumerateFiles(_cli.Folder).Select(Path.GetFileName).ShouldBe(["e.ndjson"]);
    }

    [Fact]
    public async Task From_a_folder_that_can_not_be_written_an_import_goes_with_its_state_elsewhere()
    {
        // A folder in which nobody may write, whoever runs the tests.
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        await using FileStream open = File.OpenRead(_cli.Write("e.ndjson", Events));
        string number = open.SafeFileHandle.DangerousGetHandle().ToInt64().ToString(CultureInfo.InvariantCulture);
        string file = $"/proc/self/fd/{number}";

        (await _cli.RunAsync("import", file)).ShouldBe(1);
        _cli.Output.ShouldContain($"{file}.import.json, which tells how far the import is, can't be written; say with --state where else. Nothing was sent.");
        _cli.Host.Calls.ShouldBeEmpty();

        (await _cli.RunAsync("import", file, "--state", Path.Combine(_cli.Folder, "state"))).ShouldBe(1);
        _cli.Host.Accepted.Count.ShouldBe(2);
        string refused = Path.Combine(_cli.Folder, number + ".refused.ndjson");
        _cli.Output.ShouldContain($"They are in {refused}");
        (await File.ReadAllTextAsync(refused)).ShouldContain("no event");

        (await _cli.RunAsync("import", file, "--rehearse")).ShouldBe(1);
        _cli.Output.ShouldContain("2 would be delivered. Nothing was sent.");
    }

    [Fact]
    public async Task What_comes_through_a_pipe_is_imported_as_standard_input_is()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string file = _cli.Write("e.ndjson", Events);
        string pipe = Path.Combine(_cli.Folder, "pipe");
        await Process.Start("mkfifo", [pipe]).WaitForExitAsync();
        using Process writer = Process.Start("sh", ["-c", "cat \"$0\" > \"$1\"", file, pipe]);

        (await _cli.RunAsync("import", pipe)).ShouldBe(1);

        await writer.WaitForExitAsync();
        _cli.Host.Accepted.Count.ShouldBe(2);
        _cli.Output.ShouldContain("2 accepted, 0 skipped, 1 rejected.");
        Directory.EnumerateFiles(_cli.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["e.ndjson", "pipe"]);
    }

    [Fact]
    public async Task A_state_that_can_not_be_read_is_told_in_one_message()
    {
        string file = _cli.Write("e.ndjson", Event);
        Directory.CreateDirectory(file + ".import.json");

        (await _cli.RunAsync("import", file)).ShouldBe(1);

        _cli.Output.Trim().Split('\n').ShouldHaveSingleItem();
        _cli.Errors.ShouldBeEmpty();
        _cli.Host.Calls.ShouldBeEmpty();
    }
}
