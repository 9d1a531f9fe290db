using System.Globalization;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>Shows how far an import is: a bar at a terminal, else a line now and then.</summary>
/// <param name="input">The file.</param>
/// <param name="from">Where an earlier import stopped.</param>
/// <param name="cli">Where it is shown, and the time.</param>
internal sealed class ImportProgress(ImportInput input, ImportState from, CliContext cli)
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(10);

    private readonly Queue<(long At, long Done)> _recent = [];
    private (long At, long Position)? _first;
    private long _lastLine = cli.Time.GetTimestamp();

    /// <summary>Shows it while the work is done.</summary>
    /// <param name="work">Given what to call with each advance: how far it is, and how many bytes of the file were read.</param>
    public async Task ShowAsync(Func<Action<ImportState, long>, Task> work)
    {
        if (!cli.Console.Profile.Capabilities.Interactive)
        {
            await work(Line);
            return;
        }

        await cli.Console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask(Text(from), maxValue: Math.Max(1, input.Length ?? 1));
                task.IsIndeterminate = input.Length is null;
                await work((state, position) =>
                {
                    task.Value = position;
                    task.Description = Text(state);
                });
            });
    }

    private void Line(ImportState state, long position)
    {
        string text = Text(state);
        _first ??= (cli.Time.GetTimestamp(), position);
        if (cli.Time.GetElapsedTime(_lastLine) < BetweenLines)
        {
            return;
        }

        _lastLine = cli.Time.GetTimestamp();
        cli.Console.Line($"{text}{Left(position)}");
    }

    // By what was done since the first advance: what an earlier run did took no time of this one.
    private string Left(long position)
    {
        if (input.Length is not { } length || position <= _first!.Value.Position || position >= length)
        {
            return "";
        }

        TimeSpan left = cli.Time.GetElapsedTime(_first.Value.At) * ((double)(length - position) / (position - _first.Value.Position));
        return string.Create(CultureInfo.InvariantCulture, $", {(double)position / length:P0}, about {(long)left.TotalHours:00}:{left:mm\\:ss} left");
    }

    private string Text(ImportState state)
    {
        long done = state.Accepted + state.Skipped;
        long now = cli.Time.GetTimestamp();
        _recent.Enqueue((now, done));
        while (_recent.Count > 2 && cli.Time.GetElapsedTime(_recent.Peek().At, now) > RateWindow)
        {
            _recent.Dequeue();
        }

        double seconds = cli.Time.GetElapsedTime(_recent.Peek().At, now).TotalSeconds;
        string rate = seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $" {(done - _recent.Peek().Done) / seconds:N0}/s") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{done:N0} events{rate}")
            + (state.Skipped > 0 ? string.Create(CultureInfo.InvariantCulture, $", {state.Skipped:N0} skipped") : "")
            + (state.Refused > 0 ? string.Create(CultureInfo.InvariantCulture, $", {state.Refused:N0} rejected") : "");
    }
}
