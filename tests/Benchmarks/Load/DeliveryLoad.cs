using System.Net.Http.Headers;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>
/// (3) and (4) Delivery from a full queue, in a process of its own: without a limit beside a bare client that posts the same bytes; in batches without a limit, and
/// to the last event under one.
/// </summary>
internal static class DeliveryLoad
{
    private const int Concurrency = 64;
    private static readonly int[] Limits = [100, 1_000];

    public static async Task RunAsync(Report report, LoadSize size, string folder)
    {
        using SinkProcess sink = await SinkProcess.StartAsync();
        string filled = Path.Combine(folder, "filled.db");
        await using (DestinationProcess filler = await DestinationProcess.StartAsync(filled, null))
        {
            await filler.FillAsync(0, size.Backlog, Lane.Live);
        }

        List<Measured> bare = [];
        List<Drained> single = [];
        List<Drained> batches = [];
        Dictionary<int, List<Drained>> whole = Limits.ToDictionary(limit => limit, _ => new List<Drained>());
        for (int round = 0; round < size.Rounds; round++)
        {
            bare.Add(await BareClientAsync(sink.Address, size));
            single.Add(await DrainProcess.RunAsync(Copy(filled, $"v1-{round}"), sink.Address, DeliveryMode.Single, null, size));
            batches.Add(await DrainProcess.RunAsync(Copy(filled, $"batches-{round}"), sink.Address, DeliveryMode.Batch, null, size));
            foreach (int limit in Limits)
            {
                whole[limit].Add(await DrainProcess.RunAsync(Copy(filled, $"whole-{limit}-{round}"), sink.Address, DeliveryMode.Batch, limit, size, size.Backlog));
            }
        }

        report.AddSpread($"delivery v1 without limit, queue to sink: the first {size.Cold.TotalSeconds} s", single.Select(drained => drained.Cold), "events/s");
        report.AddSpread("delivery v1 without limit: later", single.Select(drained => drained.Warm), "events/s");
        report.AddSpread("delivery v1: share of a bare HttpClient loop", single.Zip(bare, (drained, loop) => drained.Warm / loop.PerSecond), "ratio");
        report.AddSpread("delivery v1: processor time", single.Select(drained => drained.CpuMicroseconds), "µs/event");
        report.AddSpread("bare HttpClient loop: processor time", bare.Select(loop => loop.CpuMicroseconds), "µs/request");
        report.AddSpread($"delivery in batches without limit: the first {size.Cold.TotalSeconds} s", batches.Select(drained => drained.Cold), "events/s");
        report.AddSpread("delivery in batches without limit: later", batches.Select(drained => drained.Warm), "events/s");
        report.AddSpread("delivery in batches without limit: processor time", batches.Select(drained => drained.CpuMicroseconds), "µs/event");
        foreach (int limit in Limits)
        {
            report.AddSpread($"drain of {size.Backlog:N0} events in batches at {limit:N0} requests/s, start of the process included", whole[limit].Select(drained => drained.Whole), "events/s");
            report.AddSpread($"drain of {size.Backlog:N0} events in batches at {limit:N0} requests/s: processor time", whole[limit].Select(drained => drained.CpuMicroseconds), "µs/event");
        }
    }

    private static string Copy(string filled, string name)
    {
        string file = Path.Combine(Path.GetDirectoryName(filled)!, $"{name}.db");
        foreach (string other in Directory.EnumerateFiles(Path.GetDirectoryName(filled)!).Where(path => !path.StartsWith(filled, StringComparison.Ordinal)))
        {
            File.Delete(other);
        }

        File.Copy(filled, file);
        return file;
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
