using System.Diagnostics;
using System.Globalization;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>The sink in a process of its own, so that its processor time is not the product's.</summary>
internal sealed class SinkProcess : IDisposable
{
    private readonly Process _process;

    private SinkProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts it.</summary>
    /// <param name="latencyMs">How long each answer is held back, in milliseconds.</param>
    public static async Task<SinkProcess> StartAsync(int latencyMs = 0)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true };
        start.ArgumentList.Add(typeof(SinkProcess).Assembly.Location);
        start.ArgumentList.Add("sink");
        start.ArgumentList.Add(latencyMs.ToString(CultureInfo.InvariantCulture));
        Process process = Process.Start(start)!;
        return new SinkProcess(process, new Uri((await process.StandardOutput.ReadLineAsync())!));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(5_000);
        _process.Dispose();
    }
}
