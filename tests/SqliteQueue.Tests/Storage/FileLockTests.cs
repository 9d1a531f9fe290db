using System.Diagnostics;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Tests.Crashes;
using CustomerIoDestination.SqliteQueue.Tests.Support;

namespace CustomerIoDestination.SqliteQueue.Tests.Storage;

/// <summary>However somebody comes to the queue's file, it has one owner.</summary>
public sealed class FileLockTests : IDisposable
{
    private readonly QueueFolder _folder = new();

    private string Folder => Path.GetDirectoryName(_folder.Path)!;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_owner_that_comes_by_a_symbolic_link_to_the_file_is_refused()
    {
        await using QueueFile file = _folder.Open();
        string link = Path.Combine(Folder, "link.db");
        File.CreateSymbolicLink(link, "queue.db");

        Refused(link);
    }

    [Fact]
    public async Task An_owner_that_comes_by_links_to_links_and_to_folders_is_refused()
    {
        await using QueueFile file = _folder.Open();
        Directory.CreateDirectory(Path.Combine(Folder, "far", "away"));
        Directory.CreateSymbolicLink(Path.Combine(Folder, "far", "away", "home"), Path.Combine("..", ".."));
        Directory.CreateSymbolicLink(Path.Combine(Folder, "short"), Path.Combine(Folder, "far", "away", "home"));
        File.CreateSymbolicLink(Path.Combine(Folder, "first.db"), Path.Combine("short", "queue.db"));
        File.CreateSymbolicLink(Path.Combine(Folder, "second.db"), Path.Combine(Folder, "first.db"));

        Refused(Path.Combine(Folder, "short", "queue.db"));
        Refused(Path.Combine(Folder, "short", "second.db"));
    }

    [Fact]
    public async Task A_link_to_a_file_that_is_not_there_yet_makes_that_file()
    {
        string link = Path.Combine(Folder, "link.db");
        File.CreateSymbolicLink(link, Path.Combine(Folder, "new", "queue.db"));

        await using QueueFile file = _folder.Open(link);

        file.Path.ShouldBe(Path.Combine(Folder, "new", "queue.db"));
        File.Exists(file.Path).ShouldBeTrue();
    }

    [Fact]
    public void Links_in_a_circle_are_refused()
    {
        File.CreateSymbolicLink(Path.Combine(Folder, "a.db"), "b.db");
        File.CreateSymbolicLink(Path.Combine(Folder, "b.db"), "a.db");

        Should.Throw<QueueFileException>(() => _folder.Open(Path.Combine(Folder, "a.db"))).Error.ShouldBe(QueueFileError.Unwritable);
    }

    [Fact]
    public async Task A_second_process_is_refused_even_when_both_run_without_the_file_locks_of_the_runtime()
    {
        await _folder.Open().DisposeAsync();
        string link = Path.Combine(Folder, "link.db");
        File.CreateSymbolicLink(link, "queue.db");
        using Process owner = await OwnerAsync(withoutFileLocks: true);

        string direct = await SecondAsync(_folder.Path, withoutFileLocks: true);
        string linked = await SecondAsync(link, withoutFileLocks: true);

        Kill(owner);
        (direct, linked).ShouldBe(("refused InUse", "refused InUse"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_comes_by_a_hard_link_is_refused(bool withoutFileLocks)
    {
        await _folder.Open().DisposeAsync();
        string link = Path.Combine(Folder, "link.db");
        using Process ln = Process.Start("ln", [_folder.Path, link]);
        await ln.WaitForExitAsync();
        using Process owner = await OwnerAsync(withoutFileLocks);

        string second = await SecondAsync(link, withoutFileLocks);

        Kill(owner);
        second.ShouldBe("refused InUse");
    }

    [RunsWithMounts]
    public async Task A_process_that_comes_by_a_mount_of_the_file_is_refused()
    {
        await _folder.Open().DisposeAsync();
        string mounted = Path.Combine(Folder, "mounted.db");
        await File.WriteAllTextAsync(mounted, "");
        await using Mount mount = await Mount.BindAsync(_folder.Path, mounted);
        using Process owner = await OwnerAsync(withoutFileLocks: false);

        string second = await SecondAsync(mounted, withoutFileLocks: false);

        Kill(owner);
        second.ShouldBe("refused InUse");
    }

    private async Task<Process> OwnerAsync(bool withoutFileLocks)
    {
        Process owner = ChildProcess.Start("hold", _folder.Path, withoutFileLocks);
        (await owner.StandardOutput.ReadLineAsync()).ShouldBe("opened");
        return owner;
    }

    private static async Task<string> SecondAsync(string path, bool withoutFileLocks)
    {
        using Process second = ChildProcess.Start("hold", path, withoutFileLocks);
        string said = await second.StandardOutput.ReadLineAsync() ?? "nothing";
        Kill(second);
        return said;
    }

    private static void Kill(Process process)
    {
        process.Kill();
        process.WaitForExit();
    }

    private void Refused(string path) => Should.Throw<QueueFileException>(() => _folder.Open(path)).Error.ShouldBe(QueueFileError.InUse);
}
