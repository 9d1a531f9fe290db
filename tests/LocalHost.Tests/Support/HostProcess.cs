using System.Collections.Concurrent;
using System.Diagnostics;

namespace CustomerIoDestination.LocalHost.Tests.Support;

/// <summary>The local host as a process of its own, which can be killed.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private HostProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _output);

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts the host in a folder; settings as on its command line.</summary>
    public static HostProcess Start(string folder, params string[] settings)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && path.EndsWith("dotnet", StringComparison.Ordinal) ? path : "dotnet")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "CustomerIoDestination.LocalHost.dll"));
        foreach (string setting in settings)
        {
            start.ArgumentList.Add(setting);
        }

        return new HostProcess(new Process { StartInfo = start });
    }

    /// <summary>Where the host listens, once it has started.</summary>
    public async Task<Uri> BaseAddressAsync()
    {
        string? address = null;
        await Eventually.BecomesTrueAsync(
            () =>
            {
                _process.HasExited.ShouldBeFalse(Output);
                address = _output.FirstOrDefault(line => line.StartsWith("  page ", StringComparison.Ordinal))?.Split(' ')[^1];
                return Task.FromResult(address is not null);
            },
            "the host to start");
        return new Uri(address!);
    }

    /// <summary>Ends the process at once, as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks the process to stop, as Ctrl+C does, and waits for its end.</summary>
    public async Task InterruptAsync()
    {
        using Process kill = Process.Start("kill", ["-INT", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await WaitForExitAsync();
    }

    /// <summary>Waits for the end.</summary>
    public async Task WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(EndLimit);
        await _process.WaitForExitAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
