using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.Hosting;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// Checks key, region and URL at the start, and once a minute while they are wrong or unknown, so that a pause for them ends by itself.
/// </summary>
internal sealed class PauseProbe(TrackApiClient client, DeliveryGate gate, DeliverySettings settings, TimeProvider time) : BackgroundService
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
                if (IsNeeded())
                {
                    gate.Report(await client.PingAsync(stoppingToken));
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private bool IsNeeded() =>
        gate.State.Misconfigured is not null || client.Workspace.LastPing is null or PingResult.NoAnswer;
}
