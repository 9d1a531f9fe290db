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
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            switch (rules.Reload())
            {
                case RulesResult.Valid valid:
                    Log.Reloaded(logger, valid.Rules.TransformationCount);
                    break;
                case RulesResult.Invalid invalid:
                    Log.Kept(logger, invalid.Problems.Count, invalid.Problems[0].Path);
                    break;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The rules were reloaded with {Transformations} transformations.")]
        public static partial void Reloaded(ILogger logger, int transformations);

        [LoggerMessage(LogLevel.Warning, "The rules' file was changed and has {Problems} problems, the first at {Path}; the rules before it stay in force.")]
        public static partial void Kept(ILogger logger, int problems, string path);
    }
}
