using System.Net;
using CustomerIoDestination.LocalHost;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>(2) Ingest, durable: single posts beside a bare Kestrel endpoint, batches of 100 beside bare SQLite inserts.</summary>
internal static class IngestLoad
{
    private const int Connections = 64;
    private const int Batch = 100;

    public static async Task RunAsync(Report report, LoadSize size, string folder)
    {
        Measured bare = await BareKestrelAsync(size);
        Measured single = await HostAsync(size, Path.Combine(folder, "single.db"), LoadEvents.Json);
        Measured batches = await HostAsync(size, Path.Combine(folder, "batches.db"), number => LoadEvents.Lines(number * Batch, Batch));
        double inserts = BareInserts(size, Path.Combine(folder, "bare.db"));

        report.Add("ingest, single posts over 64 connections, durable", single.PerSecond, "events/s");
        report.Add("ingest, single: share of a bare Kestrel endpoint", single.PerSecond / bare.PerSecond, "ratio");
        report.Add("ingest, single: processor time, load generator included", single.CpuMicroseconds, "µs/event");
        report.Add("ingest, batches of 100, durable", batches.PerSecond * Batch, "events/s");
        report.Add("ingest, batches: share of bare SQLite inserts of 100 a commit", batches.PerSecond * Batch / inserts, "ratio");
        report.Add("ingest, batches: processor time, load generator included", batches.CpuMicroseconds / Batch, "µs/event");
    }

    private static async Task<Measured> HostAsync(LoadSize size, string file, Func<int, byte[]> body)
    {
        await using LocalHostApp app = await LocalHostApp.StartAsync(
            ["--Urls=http://127.0.0.1:0", "--Sandbox:Port=0", $"--Queue:Path={file}", "--Delivery:Enabled=false", "--Logging:LogLevel:Default=Warning"],
            CancellationToken.None);
        return await MeasureAsync(app.BaseAddress, "/api/events", size, body);
    }

    private static async Task<Measured> BareKestrelAsync(LoadSize size)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using WebApplication app = builder.Build();
        app.Run(async context =>
        {
            await context.Request.BodyReader.CopyToAsync(Stream.Null);
            context.Response.ContentLength = 2;
            await context.Response.BodyWriter.WriteAsync("{}"u8.ToArray());
        });
        await app.StartAsync();
        return await MeasureAsync(new Uri(app.Urls.Single()), "/", size, LoadEvents.Json);
    }

    private static async Task<Measured> MeasureAsync(Uri address, string path, LoadSize size, Func<int, byte[]> body)
    {
        var load = new HttpLoad(address, body);
        using var stop = new CancellationTokenSource();
        Task running = load.RunAsync(Connections, path, stop.Token);
        await Task.Delay(size.WarmUp);
        Measured measured = await Measured.OverAsync(size.Duration, () => load.Answered);
        await stop.CancelAsync();
        await running;
        return measured;
    }

    public static double BareInserts(LoadSize size, string file)
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
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (System.Diagnostics.Stopwatch.GetElapsedTime(start) < size.Duration)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            command.Transaction = transaction;
            for (int i = 0; i < Batch; i++)
            {
                id.Value = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
                body.Value = LoadEvents.Json(number++);
                command.ExecuteNonQuery();
            }

            transaction.Commit();
        }

        return number / System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
