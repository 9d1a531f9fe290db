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
    }

    private void Look()
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

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The rules were reloaded with {Transformations} transformations.")]
        public static partial void Reloaded(ILogger logger, int transformations);

        // Only the type: a message may quote the file.
        [LoggerMessage(LogLevel.Error, "Looking at the rules' file failed ({ExceptionType}); the rules in force stay, and it is looked at again in two seconds.")]
        public static partial void LookFailed(ILogger logger, string exceptionType);

        [LoggerMessage(LogLevel.Warning, "The rules' file was changed and has {Problems} problems, the first at {Path}; the rules before it stay in force.")]
        public static partial void Kept(ILogger logger, int problems, string path);
    }
}
