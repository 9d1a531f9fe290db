using System.Globalization;
using CustomerIoDestination.Chaos.Plan;
using CustomerIoDestination.LocalHost;
using CustomerIoDestination.TestRig.Processes;

namespace CustomerIoDestination.Chaos.Run;

/// <summary>The local host on a clock that jumps or is wrong at the start, as a process of its own.</summary>
internal static class JumpingHost
{
    /// <summary>The first argument of this programme when it is that process; what is wrong with the clock, its seed and the host's settings follow.</summary>
    public const string Verb = "jumping-host";

    /// <summary>Starts the process.</summary>
    public static ChildProcess Start(string folder, IEnumerable<Trouble> troubles, int clockSeed, IEnumerable<string> settings, long? fileSizeLimit) => ChildProcess.Start(
        "Chaos.dll",
        folder,
        [Verb, string.Join('+', troubles.Where(IsOfTheClock)), clockSeed.ToString(CultureInfo.InvariantCulture), .. settings],
        fileSizeLimit);

    /// <summary>Whether a trouble is one of the clock.</summary>
    public static bool IsOfTheClock(Trouble trouble) => trouble is Trouble.ClockJumps or Trouble.WrongClockAtStart;

    /// <summary>Is the process.</summary>
    public static async Task<int> RunAsync(string troubles, int clockSeed, string[] settings)
    {
        Trouble[] wrong = [.. troubles.Split('+').Select(Enum.Parse<Trouble>)];
        var clock = new ClockPlan(clockSeed, wrong.Contains(Trouble.ClockJumps), wrong.Contains(Trouble.WrongClockAtStart)).On(TimeProvider.System);
        try
        {
            await using LocalHostApp app = await LocalHostApp.StartAsync(settings, clock, CancellationToken.None);
            Console.WriteLine(Banner.For(app));
            await app.WaitForStopSignalAsync();
            _ = await app.StopAsync();
            return 0;
        }
        catch (StartRefusedException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
    }
}
