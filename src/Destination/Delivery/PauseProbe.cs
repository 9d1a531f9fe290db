using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// Checks key, region and URL at the start, and once a minute while they are wrong or unknown, so that a pause for them ends by itself.
/// </summary>
internal sealed partial class PauseProbe(
    TrackApiClient client, DeliveryGate gate, DeliverySettings settings, TimeProvider time, ILogger<PauseProbe> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Enabled)
        {
            return;
        }

        using PeriodicTimer timer = new(Interval, time);
        try
        {
            do
            {
                await ProbeAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task ProbeAsync(CancellationToken stopping)
    {
        if (!IsNeeded())
        {
            return;
        }

        try
        {
            gate.JudgePing(await client.PingAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A probe that ends would end the host, and no pause would end by itself.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.ProbeFailed(logger, failure.GetType().Name);
        }
    }

    private bool IsNeeded() =>
        gate.State.Misconfigured is not null || client.Workspace.LastPing is null or PingResult.NoAnswer;

    private static partial class Log
    {
        // Only the type: a message may quote a credential.
        [LoggerMessage(LogLevel.Error, "Asking Customer.io about key and region failed ({ExceptionType}); it is asked again in a minute.")]
        public static partial void ProbeFailed(ILogger logger, string exceptionType);
    }
}
