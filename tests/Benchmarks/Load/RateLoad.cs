using System.Diagnostics;
using System.Globalization;
using TrackApiSandbox;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>
/// The rate by the sandbox's own clock, real time and fresh processes: the most requests in any sliding second from the very start, when code must be
/// compiled and connections opened.
/// </summary>
internal static class RateLoad
{
    /// <summary>The first argument of a process that delivers at a rate until its standard input ends.</summary>
    public const string Deliver = "deliver";

    private static readonly int[] Rates = [50, 100, 200, 1_000];
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(6);

    public static async Task RunAsync(Report report, LoadSize size, string folder)
    {
        await using SandboxServer sandbox = await SandboxServer.StartAsync(new SandboxOptions { Port = 0 }, TimeProvider.System, CancellationToken.None);
        foreach (int rate in Rates)
        {
            List<(double Highest, double Used)> starts = [];
            for (int start = 0; start < size.Rounds; start++)
            {
                string file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"rate-{rate}-{start}.db"));
                starts.Add(await MeasureAsync(sandbox, rate, file));
            }

            report.AddSpread($"limit of {rate:N0}/s, fresh process: most in a sliding second, of the limit", starts.Select(start => start.Highest), "ratio");
            report.AddSpread($"limit of {rate:N0}/s: used, once it is up to speed", starts.Select(start => start.Used), "ratio");
        }
    }

    /// <summary>The child's part.</summary>
    public static async Task<int> DeliverAsync(string file, Uri sandbox, int rate)
    {
        await using DestinationProcess process = await DestinationProcess.StartAsync(file, sandbox, requestsPerSecond: rate);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async Task<(double Highest, double Used)> MeasureAsync(SandboxServer sandbox, int rate, string file)
    {
        await using (DestinationProcess filler = await DestinationProcess.StartAsync(file, null))
        {
            await filler.FillAsync(0, (int)(rate * Each.TotalSeconds * 1.5));
        }

        sandbox.Reset();
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardInput = true };
        foreach (string argument in new[] { typeof(RateLoad).Assembly.Location, Deliver, file, sandbox.BaseAddress.ToString(), rate.ToString(CultureInfo.InvariantCulture) })
        {
            start.ArgumentList.Add(argument);
        }

        using Process child = Process.Start(start)!;
        await Task.Delay(Each / 2);
        long before = sandbox.GetStats().Requests;
        long from = Stopwatch.GetTimestamp();
        await Task.Delay(Each / 2);
        double used = (sandbox.GetStats().Requests - before) / Stopwatch.GetElapsedTime(from).TotalSeconds / rate;
        long highest = sandbox.GetStats().HighestPerSecond;
        child.StandardInput.Close();
        await child.WaitForExitAsync();
        return ((double)highest / rate, used);
    }
}
