using CustomerIoDestination.Delivery;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>
/// Tells the others of this process, at once when its state changes, and hears an operator's word when it is paused. Without storage the process goes
/// on by itself.
/// </summary>
internal sealed partial class Reporter(SharedControl shared, DestinationControl own, ControlTable table, TimeProvider time, ILogger<Reporter> logger)
    : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);

    private InstanceReport? _last;
    private bool _failing;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(async () => await table.ReportAsync(await shared.ReadOwnAsync(cancellationToken), cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Look, time);
        try
        {
            do
            {
                await TryAsync(() => LookAsync(stoppingToken), stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        InstanceReport now = await shared.ReadOwnAsync(stopping);
        if (now.Status.State == DestinationState.Paused && await table.ReadResumeAsync(stopping) is { } at && at > now.Status.Since)
        {
            await own.ResumeAsync(stopping);
            now = await shared.ReadOwnAsync(stopping);
        }

        if (_last is null || now.SeenAt - _last.SeenAt >= InstanceReport.Interval || now.Status.State != _last.Status.State || now.Status.Reason != _last.Status.Reason)
        {
            await table.ReportAsync(now, stopping);
            _last = now;
        }
    }

    private async Task TryAsync(Func<Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step();
            _failing = false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops.
        }
#pragma warning disable CA1031 // None may end the host: the process delivers without telling of itself.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (!_failing)
            {
                Log.ReportFailed(logger, (failure as UnavailableException)?.Code ?? failure.GetType().Name);
            }

            _failing = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "This process could not tell of itself ({Code}): the others' status lacks it until it can. It delivers by what it knows itself.")]
        public static partial void ReportFailed(ILogger logger, string code);
    }
}
