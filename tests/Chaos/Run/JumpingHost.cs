using System.Globalization;
using CustomerIoDestination.LocalHost;
using CustomerIoDestination.TestRig.Processes;

namespace CustomerIoDestination.Chaos.Run;

/// <summary>The local host on a clock that jumps, as a process of its own.</summary>
internal static class JumpingHost
{
    /// <summary>The first argument of this programme when it is that process; the clock's seed and the host's settings follow.</summary>
    public const string Verb = "jumping-host";

    /// <summary>Starts the process.</summary>
    public static ChildProcess Start(string folder, int clockSeed, IEnumerable<string> settings, long? fileSizeLimit) =>
        ChildProcess.Start("Chaos.dll", folder, [Verb, clockSeed.ToString(CultureInfo.InvariantCulture), .. settings], fileSizeLimit);

    /// <summary>Is the process.</summary>
    public static async Task<int> RunAsync(int clockSeed, string[] settings)
    {
        try
        {
            await using LocalHostApp app = await LocalHostApp.StartAsync(settings, new JumpingClock(TimeProvider.System, clockSeed), CancellationToken.None);
            Console.WriteLine(Banner.For(app));
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (StartRefusedException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
    }
}
