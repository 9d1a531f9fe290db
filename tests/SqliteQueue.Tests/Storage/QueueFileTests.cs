using System.Diagnostics;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Tests.Crashes;
using CustomerIoDestination.SqliteQueue.Tests.Support;
using CustomerIoDestination.SqliteQueue.Writing;
using CustomerIoDestination.Time;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CustomerIoDestination.SqliteQueue.Tests.Storage;

public sealed class QueueFileTests : IDisposable
{
    private readonly QueueFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pragma synchronous", 2)]
    [InlineData("pragma secure_delete", 1)]
    [InlineData("pragma auto_vacuum", 2)]
    [InlineData("pragma wal_autocheckpoint", 0)]
    [InlineData("select count(*) from pragma_journal_mode where journal_mode = 'wal'", 1)]
    public async Task The_writer_s_connection_is_set_to_lose_nothing_and_to_leave_nothing(string sql, long expected)
    {
        await using QueueFile file = _folder.Open();

        (await file.Writer.WriteAsync(new WriteWork<long>(session => session.Read(sql)))).ShouldBe(expected);
    }

    [Fact]
    public async Task Only_the_owner_may_read_its_files()
    {
        await using QueueFile file = _folder.Open();
        await new SqliteEventQueue(file).EnqueueAsync([Some.Envelope(new Partition(Lane.Live, 0), 1)], CancellationToken.None);

        if (!OperatingSystem.IsWindows())
        {
            foreach (string suffix in new[] { "", "-wal", "-shm", ".lock" })
            {
                File.GetUnixFileMode(_folder.Path + suffix).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, suffix);
            }
        }
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_created()
    {
        string path = Path.Combine(Path.GetDirectoryName(_folder.Path)!, "a", "b", "queue.db");

        await using QueueFile file = Open(path);

        File.Exists(path).ShouldBeTrue();
    }

    [Theory]
    [InlineData("not a database, though longer than the hundred bytes a header has, so that the length alone does not tell ........")]
    [InlineData("short")]
    public void A_file_that_is_no_database_is_refused_and_left_alone(string content)
    {
        File.WriteAllText(_folder.Path, content);

        Refused(QueueFileError.Corrupt);

        File.ReadAllText(_folder.Path).ShouldBe(content);
    }

    [Fact]
    public async Task A_damaged_queue_is_refused_and_left_alone()
    {
        await _folder.Open().DisposeAsync();
        byte[] bytes = await File.ReadAllBytesAsync(_folder.Path);
        bytes.AsSpan(200).Fill(0x5A);
        await File.WriteAllBytesAsync(_folder.Path, bytes);

        Refused(QueueFileError.Corrupt);

        (await File.ReadAllBytesAsync(_folder.Path)).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_queue_that_was_cut_off_is_refused()
    {
        await _folder.Open().DisposeAsync();
        await using (FileStream stream = File.OpenWrite(_folder.Path))
        {
            stream.SetLength(8192);
        }

        Refused(QueueFileError.Corrupt);
    }

    [Fact]
    public async Task A_queue_of_a_newer_version_is_refused_and_left_alone()
    {
        await _folder.Open().DisposeAsync();
        Change("pragma user_version = 99");
        byte[] bytes = await File.ReadAllBytesAsync(_folder.Path);

        Refused(QueueFileError.NewerVersion).Message.ShouldContain("99");

        (await File.ReadAllBytesAsync(_folder.Path)).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_queue_of_the_first_version_is_brought_up_and_keeps_what_lies_in_it()
    {
        await using (QueueFile file = _folder.Open())
        {
            await new SqliteEventQueue(file).EnqueueAsync([Some.Envelope(new Partition(Lane.Live, 0), 1)], CancellationToken.None);
        }

        string asItWas = """
            drop table people;
            drop table seen;
            drop table seen_index;
            alter table seen_before rename to seen;
            delete from counters where name like 'seen/%';
            drop index dead_letters_by_age;
            alter table dead_letters drop column counted_from;
            create index dead_letters_by_time on dead_letters (dead_lettered_at);
            alter table delivery_log drop column counted_from;
            alter table events drop column from_browser;
            alter table dead_letters drop column from_browser;
            alter table events drop column replay_run;
            alter table events drop column calls_before;
            alter table events drop column failed_before;
            alter table dead_letters drop column first_failed_at;
            alter table dead_letters drop column answer;
            alter table delivery_log drop column warnings;
            drop table replays;
            drop index events_by_time;
            drop index events_by_partition;
            create index events_by_partition on events (lane, partition, sequence);
            alter table events drop column not_before;
            alter table events drop column is_repeat;
            alter table dead_letters drop column is_repeat;
            delete from counters where name like 'counts/%';
            delete from counters where name like 'clock/%';
            insert into dead_letters values (7, 0, 0, 'id', 'track', 0, 0, 0, 0, null, 'expired', 'expired', 1000, 1, x'7b7d');
            insert into counters values ('dead_letters/expired', 1) on conflict do update set value = 1;
            insert into delivery_log values (1, 86400000, 'id', 'track', 0, 'delivery', null, null, 1, null, 0, null, null);
            pragma user_version = 1;
            """;
        Change(asItWas);

        await using QueueFile upgraded = _folder.Open();

        (await upgraded.CountAsync("pragma user_version")).ShouldBe(Schema.Version);
        (await upgraded.CountAsync("select count(*) from events where not_before is null")).ShouldBe(1);
        (await upgraded.CountAsync("select count(*) from pragma_index_list('dead_letters') where name = 'dead_letters_by_age'")).ShouldBe(1);
        DeadLetterDetail letter = (await new SqliteDeadLetterStore(upgraded).FindAsync("7", CancellationToken.None)).ShouldNotBeNull();
        (letter.Event.Length, letter.Answer.Length, letter.DeadLetter.FirstFailedAt).ShouldBe((2, 0, letter.DeadLetter.DeadLetteredAt));

        // What lay there already counts, or more would be delivered than ever came.
        (upgraded.Counts.Received, upgraded.Counts.Accepted, upgraded.Counts.DeadLettered["expired"], upgraded.Counts.Delivered).ShouldBe((2, 2, 1, 0));
        upgraded.Counts.Since.ShouldBe(_folder.Clock.GetUtcNow());

        // The last time it logged was long ago, so this start is one far from the last time known.
        (await new SqliteEventQueue(upgraded).GetStatusAsync(CancellationToken.None))!.RetentionPaused.ShouldNotBeNull().DeadLettersDue.ShouldBe(1);
    }

    [Fact]
    public void A_database_of_something_else_is_refused_and_left_alone()
    {
        Change("create table customers (id integer)");
        byte[] bytes = File.ReadAllBytes(_folder.Path);

        Refused(QueueFileError.NotAQueue);

        File.ReadAllBytes(_folder.Path).ShouldBe(bytes);
    }

    [Fact]
    public void A_path_that_can_t_be_written_is_refused()
    {
        string folder = Path.GetDirectoryName(_folder.Path)!;
        File.WriteAllText(Path.Combine(folder, "file"), "");

        Should.Throw<QueueFileException>(() => Open(folder)).Error.ShouldBe(QueueFileError.Unwritable);
        Should.Throw<QueueFileException>(() => Open(Path.Combine(folder, "file", "queue.db"))).Error.ShouldBe(QueueFileError.Unwritable);
    }

    [Fact]
    public async Task A_second_queue_on_the_same_file_is_refused_until_the_first_is_closed()
    {
        await using (QueueFile file = _folder.Open())
        {
            Refused(QueueFileError.InUse);
        }

        await _folder.Open().DisposeAsync();
    }

    [Fact]
    public async Task A_second_process_is_refused_and_a_killed_one_leaves_no_lock()
    {
        using (Process other = ChildProcess.Start("hold", _folder.Path))
        {
            (await other.StandardOutput.ReadLineAsync()).ShouldBe("opened");
            Refused(QueueFileError.InUse);
            other.Kill();
            await other.WaitForExitAsync();
        }

        await _folder.Open().DisposeAsync();
    }

    [Fact]
    public async Task A_file_that_can_t_be_used_stops_the_start_of_the_host()
    {
        await File.WriteAllTextAsync(_folder.Path, "not a database");
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(new QueueSettings { Path = _folder.Path }).AddSingleton(new DeadLetterSettings()).AddSqliteQueue();
        using IHost host = builder.Build();

        (await Should.ThrowAsync<QueueFileException>(() => host.StartAsync())).Error.ShouldBe(QueueFileError.Corrupt);
    }

    [Fact]
    public async Task A_host_serves_all_ports_from_one_file()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(new QueueSettings { Path = _folder.Path }).AddSingleton(new DeadLetterSettings()).AddSqliteQueue();
        using (IHost host = builder.Build())
        {
            await host.StartAsync();
            await host.Services.GetRequiredService<IEventQueue>().EnqueueAsync([Some.Envelope(new Partition(Lane.Live, 3), 1)], CancellationToken.None);
            await using IPartitionLease lease = await host.Services.GetRequiredService<IEventReceiver>().ReceiveAsync(Lane.Live, 1, CancellationToken.None);
            lease.Partition.Number.ShouldBe(3);
            host.Services.GetService<IDeadLetterStore>().ShouldNotBeNull();
            host.Services.GetService<IDeliveryLog>().ShouldNotBeNull();
            await host.StopAsync();
        }

        await _folder.Open().DisposeAsync();
    }

    private QueueFileException Refused(QueueFileError error)
    {
        QueueFileException refusal = Should.Throw<QueueFileException>(() => Open(_folder.Path));
        refusal.Error.ShouldBe(error);
        refusal.Message.ShouldContain(_folder.Path);
        refusal.Message.ShouldContain("Queue__Path");
        return refusal;
    }

    private QueueFile Open(string path) => QueueFile.Open(
        new QueueSettings { Path = path },
        new DeadLetterSettings(),
        new SteadyClock(_folder.Clock),
        _folder.Clock,
        Microsoft.Extensions.Logging.Abstractions.NullLogger<QueueFile>.Instance);

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.Path};Pooling=false");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
