using System.Diagnostics;
using CustomerIoDestination.Chaos.Plan;
using CustomerIoDestination.TestRig.Processes;
using CustomerIoDestination.TestRig.Traffic;

namespace CustomerIoDestination.Chaos.Run;

/// <summary>Starts the host, lets things go wrong around it, and kills it, as planned.</summary>
internal sealed class HostLives(ChaosOptions options, string folder, IChaosQueueRun queue, SandboxProcess sandbox, HostAddress address)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Kills so far.</summary>
    public int Kills { get; private set; }

    /// <summary>Starts that a full disk did not let happen.</summary>
    public int RefusedStarts { get; private set; }

    /// <summary>Lives one life that ends by a kill.</summary>
    /// <exception cref="InvalidOperationException">The host ended by itself.</exception>
    public async Task LiveAndDieAsync(Life life, TrafficSender sender, CancellationToken cancellationToken)
    {
        await using ChildProcess host = await StartAsync(life);
        if (await BeginAsync(host, life) is not { } running)
        {
            RefusedStarts++;
            return;
        }

        address.Current = running;
        long start = Stopwatch.GetTimestamp();
        while (sender.Accepted < life.KillAfter && Stopwatch.GetElapsedTime(start) < options.LongestLife && !host.HasExited)
        {
            await Task.Delay(Pause, cancellationToken);
        }

        await Task.Delay(life.KillDelay, cancellationToken);
        if (host.HasExited)
        {
            throw new InvalidOperationException($"The host ended by itself with {host.ExitCode}: {host.Output}");
        }

        await host.KillAsync();
        address.Current = null;
        Kills++;
    }

    /// <summary>Begins the last life.</summary>
    public async Task<ChildProcess> BeginLastAsync(Life life)
    {
        ChildProcess host = await StartAsync(life);
        address.Current = await BeginAsync(host, life);
        return host;
    }

    // Between two lives nobody asks the sandbox: what went wrong in the last one ends with it.
    private async Task<ChildProcess> StartAsync(Life life)
    {
        await sandbox.ClearFaultsAsync();
        await sandbox.AddFaultAsync(Troubles.Refusal(DeviceTraffic.RefusedPrefix));
        long? limit = life.Troubles.Contains(Trouble.DiskFull) && OperatingSystem.IsLinux() ? queue.FileSizeLimit() : null;
        return life.Troubles.Any(JumpingHost.IsOfTheClock)
            ? JumpingHost.Start(folder, life.Troubles, options.Seed + Kills, Settings(life), limit)
            : HostProcess.Start(folder, Settings(life), limit);
    }

    private string[] Settings(Life life) =>
    [
        "--Urls=http://127.0.0.1:0",
        "--CustomerIo:SiteId=site",
        "--CustomerIo:ApiKey=key",
        $"--CustomerIo:TrackApiUrl={sandbox.Address}",
        $"--Delivery:RequestsPerSecond={options.RequestsPerSecond}",
        $"--Delivery:Mode={(life.BatchMode ? "batch" : "single")}",
        // A batch must fit into what the sandbox keeps of a body, else its order can't be checked.
        "--Delivery:BatchItems=100",
        "--Logging:LogLevel:Default=Warning",
        .. life.ReleasesSoon ? ["--Delivery:HoldBudget=00:00:10"] : Array.Empty<string>(),
        .. queue.Settings,
    ];

    private async Task<Uri?> BeginAsync(ChildProcess host, Life life)
    {
        try
        {
            Uri started = await host.BaseAddressAsync();
            foreach (Trouble trouble in life.Troubles)
            {
                foreach (TrackApiSandbox.Faults.Fault fault in Troubles.FaultsOf(trouble))
                {
                    await sandbox.AddFaultAsync(fault);
                }
            }

            return started;
        }
        catch (InvalidOperationException) when (host.HasExited && life.Troubles.Contains(Trouble.DiskFull))
        {
            return null;
        }
    }
}
