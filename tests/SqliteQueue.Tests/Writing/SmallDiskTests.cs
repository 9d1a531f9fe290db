using System.Diagnostics;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Tests.Support;

namespace CustomerIoDestination.SqliteQueue.Tests.Writing;

/// <summary>A real disk that is full: of the queue, or of something else.</summary>
public sealed class SmallDiskTests : IAsyncLifetime, IDisposable
{
    private const int Megabytes = 12;
    private const int BodyBytes = 2_000;
    private readonly QueueFolder _folder = new();
    private Mount? _disk;
    private QueueFile _file = null!;
    private int _sent;

    private string Folder => Path.GetDirectoryName(_folder.Path)!;

    private string Stranger => Path.Combine(Folder, "stranger");

    public async Task InitializeAsync()
    {
        if (Mount.WhyNot is null)
        {
            _disk = await Mount.DiskAsync(Folder, Megabytes);
            _file = _folder.Open();
        }
    }

    public async Task DisposeAsync()
    {
        if (_disk is not null)
        {
            await _file.DisposeAsync();
            await _disk.DisposeAsync();
        }
    }

    public void Dispose() => _folder.Dispose();

    [RunsWithMounts]
    public async Task A_queue_that_filled_its_disk_refuses_and_drains_to_the_last_event_without_help()
    {
        int accepted = await FillAsync();
        QueueHealth full = await HealthAsync();

        int delivered = await DrainAsync();

        full.ShouldBe(QueueHealth.Refusing);
        accepted.ShouldBeGreaterThan(1_000);
        delivered.ShouldBe(accepted);
    }

    [RunsWithMounts]
    public async Task A_queue_whose_disk_a_stranger_filled_drains_to_the_last_event()
    {
        int accepted = 0;
        while (accepted < 1_000)
        {
            accepted += await EnqueueAsync(50);
        }

        FillUp();

        int delivered = await DrainAsync();

        delivered.ShouldBe(accepted);
    }

    [RunsWithMounts]
    public async Task Every_event_of_a_full_queue_can_become_a_dead_letter()
    {
        int accepted = await FillAsync();
        FillUp();

        await DrainAsync(new Settlement.DeadLetter(DeadLetterReason.RejectedByCustomerIo, "HTTP 400: attributes.plan: too long"));

        _file.Writer.Counters.DeadLettered.ShouldBe(accepted);
    }

    [RunsWithMounts]
    public async Task A_process_killed_on_a_full_disk_starts_and_drains()
    {
        await _file.DisposeAsync();
        List<string> promised = [];
        using (Process child = Crashes.ChildProcess.Start("enqueue", _folder.Path))
        {
            while (promised.Count < 500 && await child.StandardOutput.ReadLineAsync() is { } line)
            {
                promised.Add(line);
            }

            child.Kill();
            promised.AddRange((await child.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
            await child.WaitForExitAsync();
        }

        FillUp();
        _file = _folder.Open();
        QueueHealth full = await HealthAsync();

        int delivered = await DrainAsync();

        full.ShouldBe(QueueHealth.Refusing);
        delivered.ShouldBeGreaterThanOrEqualTo(promised.Count - 2, "the opening line, and a line that the kill cut off");
    }

    [RunsWithMounts]
    public async Task A_full_disk_with_room_again_lets_the_queue_take_events_again()
    {
        await EnqueueAsync(50);
        FillUp();
        int refused = await EnqueueAsync(50);
        await DrainAsync();
        QueueHealth full = await HealthAsync();
        File.Delete(Stranger);
        while (await HealthAsync() is QueueHealth.Refusing)
        {
            _folder.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (refused, full).ShouldBe((0, QueueHealth.Refusing));
        (await EnqueueAsync(50)).ShouldBe(50);
        ReserveBytes().ShouldBe(Megabytes * 1024 * 1024 / Reserve.VolumeShare);
    }

    [RunsWithMounts]
    public async Task A_queue_that_a_full_disk_closed_takes_events_again_after_it_drained()
    {
        await FillAsync();
        await DrainAsync();

        await _file.Housekeeping.TakeTurnAsync(CancellationToken.None);
        while (await HealthAsync() is QueueHealth.Refusing)
        {
            _folder.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await EnqueueAsync(50)).ShouldBe(50);
    }

    [RunsWithMounts]
    public async Task On_a_full_disk_a_forgetting_is_promised_and_kept()
    {
        await FillAsync();
        var people = new SqlitePersonStore(_file);
        PersonRow row = new(new PersonKey(7), PersonRowKind.Forgotten, new byte[16], _folder.Clock.GetUtcNow().AddDays(30));

        await people.PromiseAsync([row], CancellationToken.None);

        (await HealthAsync()).ShouldBe(QueueHealth.Refusing);
        (await people.ReadAsync([row.Key], CancellationToken.None)).Count.ShouldBe(1);
    }

    [RunsWithMounts]
    public async Task Enqueues_leave_the_reserve_alone()
    {
        await FillAsync();

        ReserveBytes().ShouldBe(Megabytes * 1024 * 1024 / Reserve.VolumeShare);
    }

    private long ReserveBytes() => File.Exists(_folder.Path + "-reserve") ? new FileInfo(_folder.Path + "-reserve").Length : 0;

    private Task<QueueHealth> HealthAsync() => new SqliteEventQueue(_file).GetHealthAsync(CancellationToken.None);

    /// <summary>Sends until it is refused.</summary>
    /// <returns>How many events were taken.</returns>
    private async Task<int> FillAsync()
    {
        int accepted = 0;
        while (await EnqueueAsync(50) is > 0 and int taken)
        {
            accepted += taken;
        }

        return accepted;
    }

    private async Task<int> EnqueueAsync(int count)
    {
        string body = new('x', BodyBytes);
        EventEnvelope[] events = [.. Enumerable.Range(0, count).Select(_ => Some.Envelope(new Partition(Lane.Live, _sent % 64), _sent++, body))];
        return await new SqliteEventQueue(_file).EnqueueAsync(events, CancellationToken.None) switch
        {
            EnqueueResult.Enqueued => count,
            EnqueueResult.Unavailable unavailable => unavailable.Code == "queue_full" ? 0 : throw new InvalidOperationException(unavailable.Code),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Something else takes what is left.</summary>
    private void FillUp()
    {
        var start = new ProcessStartInfo("dd", ["if=/dev/zero", $"of={Stranger}", "bs=4096"]) { RedirectStandardError = true, UseShellExecute = false };
        using Process dd = Process.Start(start)!;
        dd.WaitForExit();
    }

    /// <summary>Settles all that waits, twenty partitions at a time, while the clock goes on.</summary>
    private async Task<int> DrainAsync(Settlement? settlement = null)
    {
        var receiver = new SqliteEventReceiver(_file);
        int settled = 0;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (_file.Writer.Counters.Depth(Lane.Live) > 0)
        {
            Task<IPartitionLease> receiving = receiver.ReceiveAsync(Lane.Live, 20, patience.Token);
            await GoOnUntilAsync(receiving, patience.Token);
            await using IPartitionLease lease = await receiving;
            Task settling = Task.WhenAll(lease.Events.Select(
                received => lease.SettleAsync(received, Some.Attempt(received, settlement ?? Settlement.Complete.Delivered))));
            await GoOnUntilAsync(settling, patience.Token);
            await settling;
            settled += lease.Events.Count;
        }

        return settled;
    }

    private async Task GoOnUntilAsync(Task done, CancellationToken patience)
    {
        while (!done.IsCompleted && !patience.IsCancellationRequested)
        {
            _folder.Clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Yield();
        }
    }
}
