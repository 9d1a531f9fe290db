using CustomerIoDestination.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>
/// Looks every two seconds whether the rules' file has changed. It reads rather than being notified, because notifications get lost on the mounted folders
/// that containers and editors use.
/// </summary>
public sealed partial class RulesFileWatch(RulesSource rules, TimeProvider time, ILogger<RulesFileWatch> logger) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TellInForce();
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                TryLook();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void TryLook()
    {
        try
        {
            Look();
        }
#pragma warning disable CA1031 // A watch that ends would end the host; the rules in force are good without it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.LookFailed(logger, failure.GetType().Name);
        }
    }

    private void Look()
    {
        switch (rules.Reload())
        {
            case Checked<DestinationRules>.Valid:
                TellInForce();
                break;
            case Checked<DestinationRules>.Invalid { Problems: [var first, ..] problems }:
                Log.Kept(logger, problems.Count, first.Where, first.Message, rules.Status.LoadedAt);
                break;
        }
    }

    private void TellInForce()
    {
        Log.InForce(logger, rules.Status.Path ?? "no file", rules.Current.TransformationCount, rules.Current.IsPrivate ? "on" : "off");
        foreach (Problem warning in rules.Status.Warnings)
        {
            Log.Doubtful(logger, warning.Where, warning.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Rules of {File} are in force: {Transformations} transformations, privacy mode {Privacy}.")]
        public static partial void InForce(ILogger logger, string file, int transformations, string privacy);

        [LoggerMessage(LogLevel.Warning, "Rules: {Path}: {Problem}.")]
        public static partial void Doubtful(ILogger logger, string path, string problem);

        // Only the type: a message may quote the file.
        [LoggerMessage(LogLevel.Error, "Looking at the rules' file failed ({ExceptionType}); the rules in force stay, and it is looked at again in two seconds.")]
        public static partial void LookFailed(ILogger logger, string exceptionType);

        [LoggerMessage(LogLevel.Warning, "The changed rules file does not count: {Problems} to mend, the first at {Path}: {Problem}. The rules in force since {LoadedAt:yyyy-MM-ddTHH:mm:ssZ} stay.")]
        public static partial void Kept(ILogger logger, int problems, string path, string problem, DateTimeOffset loadedAt);
    }
}
