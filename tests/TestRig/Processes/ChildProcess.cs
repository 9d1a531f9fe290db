using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace CustomerIoDestination.TestRig.Processes;

/// <summary>A built .NET programme of this solution, run as a process of its own, which can be killed.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private ChildProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>All it wrote so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Whether it ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>How it ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a programme.</summary>
    /// <param name="assembly">Its assembly: the name of one that lies beside this one, or a path.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="fileSizeLimit">No file it writes can grow beyond so many bytes: to the programme the disk is full. Null for no limit.</param>
    /// <param name="heapLimit">Its managed heap can't grow beyond so many bytes. Null for no limit.</param>
    /// <param name="environment">Variables it has beside this process's.</param>
    /// <param name="inside">A command that starts it, with its arguments, for instance as another user; it must become the programme, or signals miss it.</param>
    public static ChildProcess Start(
        string assembly,
        string folder,
        IEnumerable<string> arguments,
        long? fileSizeLimit = null,
        long? heapLimit = null,
        IReadOnlyDictionary<string, string>? environment = null,
        params string[] inside)
    {
        string dotnet = Environment.ProcessPath is { } path && path.EndsWith("dotnet", StringComparison.Ordinal) ? path : "dotnet";
        var start = new ProcessStartInfo(dotnet)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        if (inside is [var command, .. var own])
        {
            start.FileName = command;
            own.Append(dotnet).ToList().ForEach(start.ArgumentList.Add);
        }

        if (heapLimit is { } heap)
        {
            start.Environment["DOTNET_GCHeapHardLimit"] = heap.ToString("x", CultureInfo.InvariantCulture);
        }

        if (fileSizeLimit is { } bytes)
        {
            LimitFileSize(start, dotnet, bytes);
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, assembly));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new ChildProcess(start);
    }

    /// <summary>The first line it writes that starts so.</summary>
    /// <exception cref="InvalidOperationException">It ended before; the message holds its output.</exception>
    public async Task<string> LineAsync(string beginning)
    {
        string? line = null;
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                // Its last words can still be on their way when it has ended: they are waited for before its output is judged.
                bool ended = HasExited;
                if (ended)
                {
                    await _process.WaitForExitAsync();
                }

                line = _output.FirstOrDefault(text => text.StartsWith(beginning, StringComparison.Ordinal));
                return line is null && ended ? throw new InvalidOperationException($"The process ended: {Output}") : line is not null;
            },
            "a process to start");
        return line!;
    }

    /// <summary>Ends it at once, as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop, as Ctrl+C does, and waits for its end.</summary>
    public Task InterruptAsync() => SignalAsync("-INT");

    /// <summary>Asks it to stop, as whatever runs containers does, and waits for its end.</summary>
    public Task TerminateAsync() => SignalAsync("-TERM");

    private async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await WaitForExitAsync();
    }

    /// <summary>Waits for its end.</summary>
    /// <exception cref="TimeoutException">It did not end.</exception>
    public async Task WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(EndLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException(
                $"The process did not end within {EndLimit.TotalSeconds} s. It ignores SIGINT where whoever started this one had it ignored, as a shell does in the background.", late);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    // The shell's unit is 512 bytes. A write beyond the limit must fail, not end the process, hence the signal is ignored; and the runtime's own
    // executable memory is a file to the kernel unless it is told not to map it twice.
    private static void LimitFileSize(ProcessStartInfo start, string dotnet, long bytes)
    {
        start.FileName = "/bin/sh";
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"trap '' XFSZ; ulimit -f {bytes / 512}; exec \"$0\" \"$@\""));
        start.ArgumentList.Add(dotnet);
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
