using System.Diagnostics;
using System.Net.Http.Headers;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>(3) and (4) Delivery without a limit beside a bare client that posts the same bytes; batches at ten requests a second and without a limit.</summary>
internal static class DeliveryLoad
{
    private const int Concurrency = 64;

    public static async Task RunAsync(Report report, LoadSize size, string folder)
    {
        using SinkProcess sink = await SinkProcess.StartAsync();
        Measured bare = await BareClientAsync(sink.Address, size);
        Measured single = await DrainAsync(sink.Address, size, Path.Combine(folder, "v1.db"), DeliveryMode.Single, null);
        Measured slow = await DrainAsync(sink.Address, size, Path.Combine(folder, "slow.db"), DeliveryMode.Batch, 10);
        Measured fast = await DrainAsync(sink.Address, size, Path.Combine(folder, "fast.db"), DeliveryMode.Batch, null);

        report.Add("delivery v1 without limit, queue to sink", single.PerSecond, "events/s");
        report.Add("delivery v1: share of a bare HttpClient loop", single.PerSecond / bare.PerSecond, "ratio");
        report.Add("delivery v1: processor time", single.CpuMicroseconds, "µs/event");
        report.Add("bare HttpClient loop: processor time", bare.CpuMicroseconds, "µs/request");
        report.Add("delivery in batches at 10 requests/s", slow.PerSecond, "events/s");
        report.Add("delivery in batches at 10 requests/s: processor time", slow.CpuMicroseconds, "µs/event");
        report.Add("delivery in batches without limit", fast.PerSecond, "events/s");
        report.Add("delivery in batches: processor time", fast.CpuMicroseconds, "µs/event");
        report.Add($"backfill of {size.Backlog:N0} events at 100 requests/s, v1 (computed)", size.Backlog / 100.0 / 60, "minutes");
        report.Add($"backfill of {size.Backlog:N0} events at 100 requests/s, batches of 500 (measured)", await BackfillAsync(sink.Address, size, Path.Combine(folder, "backfill.db")), "minutes");
    }

    private static async Task<double> BackfillAsync(Uri sink, LoadSize size, string file)
    {
        await using (DestinationProcess filler = await DestinationProcess.StartAsync(file, null))
        {
            await filler.FillAsync(0, size.Backlog);
        }

        long start = Stopwatch.GetTimestamp();
        await using DestinationProcess process = await DestinationProcess.StartAsync(file, sink, DeliveryMode.Batch, 100);
        while (process.Counters.Read().Delivered < size.Backlog)
        {
            await Task.Delay(10);
        }

        return Stopwatch.GetElapsedTime(start).TotalMinutes;
    }

    private static async Task<Measured> DrainAsync(Uri sink, LoadSize size, string file, DeliveryMode mode, double? requestsPerSecond)
    {
        await using (DestinationProcess filler = await DestinationProcess.StartAsync(file, null))
        {
            await filler.FillAsync(0, size.Backlog, Lane.Live);
        }

        await using DestinationProcess process = await DestinationProcess.StartAsync(file, sink, mode, requestsPerSecond);
        await Task.Delay(size.WarmUp);
        return await Measured.OverAsync(size.Duration / 2, () => process.Counters.Read().Delivered);
    }

    private static async Task<Measured> BareClientAsync(Uri sink, LoadSize size)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Concurrency }) { BaseAddress = sink };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", "czpr");
        using var scope = EventScope.Rent();
        var mapped = (MappingResult.Mapped)new EnvelopeMapper(new MappingSettings(), new LimitSettings(), RulesSource.Of(DestinationRules.None)).Map(LoadEvents.Envelope(1, Lane.Live), scope);
        TrackApiRequest request = SingleRequest.Write(mapped.Operations[0], scope.Output);
        byte[] body = request.Body.ToArray();
        long done = 0;
        using var stop = new CancellationTokenSource();
        Task running = Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var content = new ByteArrayContent(body);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using HttpResponseMessage response = await client.PostAsync(request.Path, content);
                await response.Content.ReadAsByteArrayAsync();
                Interlocked.Increment(ref done);
            }
        })));
        await Task.Delay(size.WarmUp);
        Measured measured = await Measured.OverAsync(size.Duration, () => Interlocked.Read(ref done));
        await stop.CancelAsync();
        await running;
        return measured;
    }
}
