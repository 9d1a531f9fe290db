using System.Text;
using System.Text.RegularExpressions;
using CustomerIoDestination.Ports;
using CustomerIoDestination.TestRig.Processes;

namespace CustomerIoDestination.LocalHost.Tests.Start;

public sealed partial class StopTests
{
    [Fact]
    public async Task A_stop_tells_how_many_events_stay_queued()
    {
        using var folder = new TemporaryFolder();
        await using ChildProcess process = HostProcess.Start(
            folder.Path,
            ["--Urls=http://127.0.0.1:0", "--CustomerIo:SiteId=site", "--CustomerIo:ApiKey=key", "--CustomerIo:TrackApiUrl=http://127.0.0.1:1", $"--Queue:Path={folder.Queue}"]);
        using var http = new HttpClient { BaseAddress = await process.BaseAddressAsync() };
        using var events = new StringContent("""[{"type":"track","event":"a","userId":"u1"},{"type":"track","event":"b","userId":"u2"},{"type":"track","event":"c","userId":"u3"}]""", Encoding.UTF8);
        (await http.PostAsync("/api/events", events)).EnsureSuccessStatusCode();

        await process.InterruptAsync();

        process.ExitCode.ShouldBe(0);
        process.Output.ShouldContain("Stopping: ");
        process.Output.ShouldContain("Stopped. 3 events stay queued and are sent after the next start.");
        process.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_stop_with_nothing_queued_says_so_and_every_line_of_the_log_carries_its_time()
    {
        using var folder = new TemporaryFolder();
        await using ChildProcess process = HostProcess.Start(folder.Path, ["--Urls=http://127.0.0.1:0", "--Sandbox:Port=0", $"--Queue:Path={folder.Queue}"]);
        await process.BaseAddressAsync();

        await process.InterruptAsync();

        process.Output.ShouldContain("Stopped. The queue is empty.");
        string[] log = [.. process.Output.Split('\n').Where(line => line.Contains("info: ", StringComparison.Ordinal))];
        log.ShouldNotBeEmpty();
        log.ShouldAllBe(line => Timed().IsMatch(line));
    }

    [Theory]
    [InlineData(0, 0L, "Stopped. The queue is empty.")]
    [InlineData(0, null, "Stopped. The queue is empty.")]
    [InlineData(0, 1L, "Stopped. No event waits to be sent. 1 merge is kept to be sent once more when its time has come (Mapping__RepeatMergeAfter).")]
    [InlineData(0, 1_200L, "Stopped. No event waits to be sent. 1,200 merges are kept to be sent once more when their time has come (Mapping__RepeatMergeAfter).")]
    [InlineData(1, 1L, "Stopped. 1 event stays queued and is sent after the next start. 1 merge is kept to be sent once more when its time has come (Mapping__RepeatMergeAfter).")]
    [InlineData(2, 0L, "Stopped. 2 events stay queued and are sent after the next start.")]
    public void A_stop_tells_what_is_kept_for_later_too(long ready, long? kept, string told) => Banner.Stopped(
        new QueueStatus(true, new LaneStatus(ready, 0, TimeSpan.Zero), LaneStatus.Empty, 0) { RepeatsKept = kept }).ShouldBe(told);

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z info: ", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Timed();
}
