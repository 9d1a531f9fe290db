using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>
/// (2) Ingest, durable, where a user has it: the host in a process of its own, its queue in the default place below its working directory, times as they come.
/// Each beside its limit in the same round: a bare Kestrel endpoint for single posts, bare SQLite inserts for batches.
/// </summary>
internal static class IngestLoad
{
    private const int Batch = 100;

    private static readonly Case[] Cases =
    [
        new("single posts, 16 connections, live times", 16, 1, EventTimes.Live),
        new("single posts, 64 connections, live times", 64, 1, EventTimes.Live),
        new("single posts, 256 connections, live times", 256, 1, EventTimes.Live),
        new("batches of 100, 64 connections, times in order", 64, Batch, EventTimes.Ascending),
        new("batches of 100, 64 connections, live times", 64, Batch, EventTimes.Live),
        new("batches of 100, 64 connections, times of 30 days", 64, Batch, EventTimes.Backfill),
    ];

    private static string Own => Path.Combine(AppContext.BaseDirectory, "CustomerIoDestination.LocalHost.dll");

    /// <summary>This build beside its limits.</summary>
    public static async Task RunAsync(Report report, LoadSize size, string folder)
    {
        foreach (Case one in Cases)
        {
            List<Rates> product = [];
            List<double> shares = [];
            for (int round = 0; round < size.Rounds; round++)
            {
                double limit = await LimitAsync(one, size, Path.Combine(folder, Guid.NewGuid().ToString("N")));
                product.Add(await HostAsync(Own, one, size));
                shares.Add(product[^1].Warm / limit);
            }

            report.AddSpread($"ingest, {one.Name}: the first {size.Cold.TotalSeconds} s", product.Select(rates => rates.Cold), "events/s");
            report.AddSpread($"ingest, {one.Name}: later", product.Select(rates => rates.Warm), "events/s");
            report.AddSpread($"ingest, {one.Name}: processor time of the host", product.Select(rates => rates.CpuMicroseconds), "µs/event");
            report.AddSpread($"ingest, {one.Name}: share of {(one.EventsPerPost == 1 ? "a bare Kestrel endpoint" : "bare SQLite inserts of 100 a commit")}", shares, "ratio");
        }
    }

    /// <summary>This build beside another, in turn.</summary>
    /// <param name="other">The other build's host.</param>
    /// <param name="cases">What the names of the cases hold of which one is wanted; none for all.</param>
    public static async Task<int> CompareAsync(string other, IReadOnlyList<string> cases)
    {
        var report = new Report();
        LoadSize size = LoadSize.Full;
        foreach (Case one in Cases.Where(one => cases.Count == 0 || cases.Any(part => one.Name.Contains(part, StringComparison.Ordinal))))
        {
            List<Rates> before = [];
            List<Rates> after = [];
            for (int round = 0; round < size.Rounds; round++)
            {
                before.Add(await HostAsync(other, one, size));
                after.Add(await HostAsync(Own, one, size));
            }

            report.AddSpread($"{one.Name}: the other, cold", before.Select(rates => rates.Cold), "events/s");
            report.AddSpread($"{one.Name}: this one, cold", after.Select(rates => rates.Cold), "events/s");
            report.AddSpread($"{one.Name}: the other, warm", before.Select(rates => rates.Warm), "events/s");
            report.AddSpread($"{one.Name}: this one, warm", after.Select(rates => rates.Warm), "events/s");
            report.AddSpread($"{one.Name}: the other, processor time", before.Select(rates => rates.CpuMicroseconds), "µs/event");
            report.AddSpread($"{one.Name}: this one, processor time", after.Select(rates => rates.CpuMicroseconds), "µs/event");
            report.AddSpread($"{one.Name}: this one to the other, warm, pair by pair", after.Zip(before, (a, b) => a.Warm / b.Warm), "ratio");
        }

        return 0;
    }

    private static async Task<double> LimitAsync(Case one, LoadSize size, string file)
    {
        if (one.EventsPerPost > 1)
        {
            return BareInserts(size, file);
        }

        using SinkProcess bare = await SinkProcess.StartAsync();
        return (await LoadAsync(bare.Address, "/", one, size, null)).Warm;
    }

    private static async Task<Rates> HostAsync(string assembly, Case one, LoadSize size)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("destination-ingest-");
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder.FullName, UseShellExecute = false, RedirectStandardOutput = true };
        foreach (string argument in (string[])[Path.GetFullPath(assembly), "--Urls=http://127.0.0.1:0", "--Sandbox:Port=0", "--Delivery:Enabled=false", "--Logging:LogLevel:Default=Warning"])
        {
            start.ArgumentList.Add(argument);
        }

        using Process host = Process.Start(start)!;
        try
        {
            string? line;
            while ((line = await host.StandardOutput.ReadLineAsync()) is not null && !line.StartsWith("  page ", StringComparison.Ordinal))
            {
            }

            return await LoadAsync(new Uri((line ?? throw new InvalidOperationException("The host did not start.")).Split(' ')[^1]), "/api/events", one, size, host);
        }
        finally
        {
            host.Kill();
            await host.WaitForExitAsync();
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Rates> LoadAsync(Uri address, string path, Case one, LoadSize size, Process? host)
    {
        var load = new HttpLoad(address, number => one.EventsPerPost == 1 ? LoadEvents.Json(number, one.Times) : LoadEvents.Lines(number * one.EventsPerPost, one.EventsPerPost, one.Times));
        using var stop = new CancellationTokenSource();
        Task running = load.RunAsync(one.Connections, path, stop.Token);
        double cold = (await Measured.OverAsync(size.Cold, () => load.Answered)).PerSecond;
        await Task.Delay(size.WarmUp);
        TimeSpan cpu = CpuOf(host);
        long before = load.Answered;
        double warm = (await Measured.OverAsync(size.Duration, () => load.Answered)).PerSecond;
        double microseconds = (CpuOf(host) - cpu).TotalMicroseconds / (load.Answered - before);
        await stop.CancelAsync();
        await running;
        return new Rates(cold * one.EventsPerPost, warm * one.EventsPerPost, microseconds / one.EventsPerPost);
    }

    private static double BareInserts(LoadSize size, string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "pragma journal_mode=wal; pragma synchronous=full; create table event (seq integer primary key, id text, body blob) strict";
        command.ExecuteNonQuery();
        command.CommandText = "insert into event (id, body) values ($id, $body)";
        SqliteParameter id = command.Parameters.Add("$id", SqliteType.Text);
        SqliteParameter body = command.Parameters.Add("$body", SqliteType.Blob);
        command.Prepare();
        int number = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < size.Duration)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            command.Transaction = transaction;
            for (int i = 0; i < Batch; i++)
            {
                id.Value = number.ToString(CultureInfo.InvariantCulture);
                body.Value = LoadEvents.Json(number++);
                command.ExecuteNonQuery();
            }

            transaction.Commit();
        }

        return number / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static TimeSpan CpuOf(Process? process)
    {
        process?.Refresh();
        return process?.TotalProcessorTime ?? TimeSpan.Zero;
    }

    private sealed record Case(string Name, int Connections, int EventsPerPost, EventTimes Times);

    private sealed record Rates(double Cold, double Warm, double CpuMicroseconds);
}
