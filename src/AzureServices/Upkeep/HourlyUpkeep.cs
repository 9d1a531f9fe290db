using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.Upkeep;

/// <summary>
/// Does every step at the start and then each hour, for a host that has no timer of its own for it. A step that fails is tried again an hour later and
/// holds up no other.
/// </summary>
internal sealed partial class HourlyUpkeep(IEnumerable<UpkeepStep> steps, TimeProvider time, ILogger<HourlyUpkeep> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (UpkeepStep step in steps)
            {
                await TryAsync(step, stoppingToken);
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TryAsync(UpkeepStep step, CancellationToken stopping)
    {
        try
        {
            await step.RunAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops.
        }
#pragma warning disable CA1031 // What could not be let go now is let go an hour later.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.StepFailed(logger, step.Name, exception.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "What is too old among the {Step} could not be removed ({ExceptionType}); it is tried again.")]
        public static partial void StepFailed(ILogger logger, string step, string exceptionType);
    }
}

/// <summary>Something that is too old is let go.</summary>
/// <param name="Name">What, for the log.</param>
/// <param name="RunAsync">Does it once.</param>
internal sealed record UpkeepStep(string Name, Func<CancellationToken, Task> RunAsync);
