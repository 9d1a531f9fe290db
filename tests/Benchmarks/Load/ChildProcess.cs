using System.Diagnostics;
using System.Globalization;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>Starts this program again, to measure something in a process of its own.</summary>
internal static class ChildProcess
{
    // One that killed itself, as a crash would, did what it was to do.
    private const int Killed = 128 + 9;

    /// <summary>Starts one and waits for its end.</summary>
    /// <param name="maxHeapBytes">The most its managed heap may take; null for no such limit.</param>
    /// <param name="arguments">Its arguments; the first says what it is to do. Null is passed as an empty one.</param>
    /// <returns>What it wrote.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunAsync(long? maxHeapBytes, params object?[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (object? argument in arguments)
        {
            start.ArgumentList.Add(Convert.ToString(argument, CultureInfo.InvariantCulture) ?? "");
        }

        if (maxHeapBytes is { } bytes)
        {
            start.Environment["DOTNET_GCHeapHardLimit"] = bytes.ToString("x", CultureInfo.InvariantCulture);
        }

        using Process child = Process.Start(start)!;
        string output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return child.ExitCode is 0 or Killed ? output.Trim() : throw new InvalidOperationException($"The process for \"{arguments[0]}\" ended with {child.ExitCode}.");
    }

    /// <summary>The numbers of a line that such a process wrote.</summary>
    public static double[] Numbers(string line) => [.. line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
}
