using System.Globalization;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>What a process measured of its backlog, as it tells it on a line.</summary>
/// <param name="StartUp">Milliseconds from nothing to a queue that takes events.</param>
/// <param name="EventsPerSecond">Deliveries a second without limit.</param>
/// <param name="Status">Milliseconds for depth and oldest age.</param>
/// <param name="DeadLetterPage">Milliseconds for a page of the dead letters.</param>
/// <param name="Memory">MiB of the process.</param>
internal sealed record BacklogCost(double StartUp, double EventsPerSecond, double Status, double DeadLetterPage, double Memory)
{
    /// <summary>The line.</summary>
    public string Line => string.Join(' ', new[] { StartUp, EventsPerSecond, Status, DeadLetterPage, Memory }.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>Reads the line.</summary>
    public static BacklogCost Parse(string line)
    {
        double[] numbers = ChildProcess.Numbers(line);
        return new BacklogCost(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }
}
