using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using CustomerIoDestination.LocalHost;
using TrackApiSandbox;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>(5) From the post to the sandbox, at random (Poisson) arrivals well under the limit; and the same while an import takes the rest of it.</summary>
internal static class LatencyLoad
{
    private const string Mark = "\"number\":";

    // A percentile wants more than a rate.
    private const int Longer = 2;

    public static async Task RunAsync(Report report, LoadSize size, string folder)
    {
        foreach ((int arrivals, int limit) in new[] { (50, 100), (100, 200) })
        {
            string name = $"latency, {arrivals}/s under a limit of {limit}/s";
            await MeasureAsync(report, name, arrivals, limit, size, Path.Combine(folder, $"latency-{arrivals}.db"));
            string file = Path.Combine(folder, $"latency-{arrivals}-beside-import.db");
            await using (DestinationProcess filler = await DestinationProcess.StartAsync(file, null))
            {
                await filler.FillAsync(0, size.Backlog);
            }

            await MeasureAsync(report, $"{name}, while an import of {size.Backlog:N0} takes the rest", arrivals, limit, size, file);
        }
    }

    private static async Task MeasureAsync(Report report, string name, int arrivals, int limit, LoadSize size, string file)
    {
        List<double[]> rounds = [];
        for (int round = 0; round < size.Rounds; round++)
        {
            rounds.Add(await MeasureAsync(arrivals, limit, Longer * size.Duration, file));
        }

        report.AddSpread($"{name}, p50", rounds.Select(milliseconds => Percentile(milliseconds, 0.50)), "ms");
        report.AddSpread($"{name}, p99", rounds.Select(milliseconds => Percentile(milliseconds, 0.99)), "ms");
    }

    private static async Task<double[]> MeasureAsync(int arrivals, int limit, TimeSpan duration, string file)
    {
        await using LocalHostApp app = await LocalHostApp.StartAsync(
            ["--Urls=http://127.0.0.1:0", "--Sandbox:Port=0", $"--Queue:Path={file}", $"--Delivery:RequestsPerSecond={limit}", "--Logging:LogLevel:Default=Warning"],
            CancellationToken.None);
        using var http = new HttpClient { BaseAddress = app.BaseAddress };
        var random = new Random(1);
        // Rounds share a file, which remembers the ids of earlier ones.
        string mark = Guid.NewGuid().ToString("N");
        await PostAsync(http, mark, 0);
        await Task.Delay(TimeSpan.FromSeconds(1));
        app.Sandbox!.Reset();

        double offset = await ClockOffsetAsync(app.Sandbox);
        var sent = new List<(int Number, double At)>();
        var posts = new List<Task>();
        long start = Stopwatch.GetTimestamp();
        double next = 0;
        for (int number = 1; next < duration.TotalSeconds; number++)
        {
            next += -Math.Log(1 - random.NextDouble()) / arrivals;
            double wait = next - Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (wait > 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(wait));
            }

            sent.Add((number, Now()));
            posts.Add(PostAsync(http, mark, number));
        }

        await Task.WhenAll(posts);
        await Task.Delay(TimeSpan.FromSeconds(2));
        Dictionary<string, double> received = app.Sandbox.GetRequests()
            .Where(request => request.Body.Contains(Mark, StringComparison.Ordinal))
            .GroupBy(NumberOf, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Min(request => request.AtMs) + offset, StringComparer.Ordinal);
        int missing = sent.Count(item => !received.ContainsKey(Key(item.Number)));
        return missing > 0
            ? throw new InvalidOperationException($"{missing} of {sent.Count} events did not arrive within two seconds.")
            : [.. sent.Select(item => received[Key(item.Number)] - item.At).Order()];
    }

    // The sandbox counts from its own start; requests of known time tie its clock to this one, to within the quickest one's latency.
    private static async Task<double> ClockOffsetAsync(SandboxServer sandbox)
    {
        using var http = new HttpClient { BaseAddress = sandbox.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", "czpr");
        double offset = double.MinValue;
        for (int i = 0; i < 100; i++)
        {
            double sent = Now();
            using HttpResponseMessage response = await http.GetAsync("/api/v1/accounts/region");

            // The quickest of the calls comes closest to the truth.
            offset = Math.Max(offset, sent - sandbox.GetRequests()[^1].AtMs);
        }

        sandbox.Reset();
        return offset;
    }

    private static double Now() => Stopwatch.GetTimestamp() * 1_000.0 / Stopwatch.Frequency;

    private static string Key(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string NumberOf(ReceivedRequest request)
    {
        int at = request.Body.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        return request.Body[at..request.Body.IndexOf('}', at)];
    }

    private static async Task PostAsync(HttpClient http, string mark, int number)
    {
        string json = $$"""{"type":"track","event":"Tick","messageId":"{{mark}}-{{number}}","userId":"user-{{number % 500}}","properties":{"number":{{number}}} }""";
        using var content = new StringContent(json, Encoding.UTF8);
        using HttpResponseMessage response = await http.PostAsync("/api/events", content);
        response.EnsureSuccessStatusCode();
    }

    private static double Percentile(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
}
