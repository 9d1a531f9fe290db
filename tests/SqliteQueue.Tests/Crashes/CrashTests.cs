using System.Diagnostics;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tests.Support;

namespace CustomerIoDestination.SqliteQueue.Tests.Crashes;

public sealed class CrashTests : IDisposable
{
    private readonly QueueFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_acknowledged_before_a_kill_is_there_once_and_in_order()
    {
        List<string> acknowledged = await RunUntilKilledAsync("enqueue", lines: 400);

        List<string> found = await DrainAsync();

        acknowledged.Count.ShouldBeGreaterThan(100);
        acknowledged.Except(found).ShouldBeEmpty();
        found.ShouldBeUnique();
    }

    [Fact]
    public async Task An_event_completed_before_a_kill_does_not_come_again()
    {
        List<string> lines = await RunUntilKilledAsync("deliver", lines: 400, keepPrefix: true);
        string[] enqueued = Of(lines, "enqueued ");
        string[] completed = Of(lines, "completed ");

        List<string> found = await DrainAsync();

        completed.ShouldNotBeEmpty();
        found.Intersect(completed).ShouldBeEmpty();
        enqueued.Except(completed).Except(found).Count().ShouldBeLessThanOrEqualTo(
            2, "each of the two workers may have completed one event without living to say so");
    }

    [Fact]
    public async Task What_was_acknowledged_before_one_of_many_kills_is_known_as_a_repeat_after_it()
    {
        HashSet<string> acknowledged = [];
        for (int life = 1; life <= 5; life++)
        {
            // Each life begins with the ids of the one before.
            acknowledged.UnionWith(await RunUntilKilledAsync("enqueue", lines: 150 * life));
            await using QueueFile file = _folder.Open(seenMemory: 1);
            long events = await file.CountAsync("select count(*) from events");
            (await file.CountAsync("select count(*) from seen")).ShouldBe(events);
            (await file.CountAsync("select count(distinct event_id) from events")).ShouldBe(events);
            EventEnvelope[] again = [.. acknowledged.Select(id => Some.Envelope(new Partition(Lane.Live, 0), 1) with { EventId = id })];
            await new SqliteEventQueue(file).EnqueueAsync(again, CancellationToken.None);
            (await file.CountAsync("select count(*) from events")).ShouldBe(events);
            (await file.CountAsync("select count(*) from seen_index")).ShouldBeGreaterThan(0);
        }

        acknowledged.Count.ShouldBeGreaterThan(500);
    }

    [Fact]
    public async Task The_counters_fit_what_a_kill_left()
    {
        await RunUntilKilledAsync("deliver", lines: 300);

        await using QueueFile file = _folder.Open();

        file.Writer.Counters.Depth(Lane.Live).ShouldBe(await file.CountAsync("select count(*) from events"));
    }

    private static string[] Of(List<string> lines, string prefix) =>
        [.. lines.Where(line => line.StartsWith(prefix, StringComparison.Ordinal)).Select(line => line[prefix.Length..])];

    private async Task<List<string>> RunUntilKilledAsync(string role, int lines, bool keepPrefix = false)
    {
        using Process child = ChildProcess.Start(role, _folder.Path);
        List<string> printed = [];
        while (printed.Count < lines && await child.StandardOutput.ReadLineAsync() is { } line)
        {
            printed.Add(line);
        }

        child.Kill();
        printed.AddRange((await child.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await child.WaitForExitAsync();

        // The kill may have cut the last line off.
        printed.RemoveAt(printed.Count - 1);
        return keepPrefix ? printed : [.. Of(printed, "enqueued ")];
    }

    private async Task<List<string>> DrainAsync()
    {
        await using QueueFile file = _folder.Open();
        var receiver = new SqliteEventReceiver(file);
        List<string> found = [];
        while (file.Writer.Counters.Depth(Lane.Live) > 0)
        {
            await using IPartitionLease lease = await receiver.ReceiveAsync(Lane.Live, 1_000, CancellationToken.None);
            found.AddRange(lease.Events.Select(received => received.Envelope.EventId));
            await Task.WhenAll(lease.Events.Select(received => lease.SettleAsync(received, Some.Attempt(received, Settlement.Complete.Delivered))));
        }

        return found;
    }
}
