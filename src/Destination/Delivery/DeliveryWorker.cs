using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// Takes runs of events from the queue and delivers them, a consumer for each partition of each lane. An idle consumer only waits for the
/// receiver. Stopping finishes requests on the wire and their settlements, gives the rest back and takes nothing new.
/// </summary>
internal sealed partial class DeliveryWorker(
    IEventReceiver receiver,
    DeliveryHandler handler,
    DeliverySettings settings,
    TimeProvider time,
    ILogger<DeliveryWorker> logger) : BackgroundService
{
    private const int SingleRun = 64;

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => settings.Enabled
        ? Task.WhenAll(
        [
            .. Consumers(Lane.Live, settings.LivePartitions, stoppingToken),
            .. Consumers(Lane.Import, settings.ImportPartitions, stoppingToken),
        ])
        : Task.CompletedTask;

    private IEnumerable<Task> Consumers(Lane lane, int count, CancellationToken stopping) =>
        Enumerable.Range(0, count).Select(_ => Task.Run(() => ConsumeAsync(lane, stopping), CancellationToken.None));

    private async Task ConsumeAsync(Lane lane, CancellationToken stopping)
    {
        // A run holds its partition: long enough to be worth a read of the queue, short enough that partitions take turns. The queue bounds the bytes of all.
        int run = settings.Mode == DeliveryMode.Batch ? settings.BatchItems : SingleRun;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using IPartitionLease lease = await receiver.ReceiveAsync(lane, run, stopping);
                await DeliverAsync(lease, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A consumer must outlive any trouble of the queue; what was not settled comes again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                string type = exception.GetType().Name;
                Log.ConsumerFailed(logger, lane, type);
                await Task.Delay(AfterFailure, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // An event may go out as soon as the one before it was delivered; that its settlement is durable is awaited at the end of the run.
    private async Task DeliverAsync(IPartitionLease lease, CancellationToken stopping)
    {
        using CancellationTokenSource given = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost);
        List<Task> settlements = new(lease.Events.Count);
        try
        {
            await handler.DeliverRunAsync(lease.Events, Settle, lease.KeepAsync, given.Token);
        }
        finally
        {
            await Task.WhenAll(settlements);
        }

        void Settle(ReceivedEvent received, DeliveryAttempt attempt)
        {
            // A queue that settles several together answers with one task for them.
            Task settled = lease.SettleAsync(received, attempt);
            if (settlements is not [.., var last] || last != settled)
            {
                settlements.Add(settled);
            }
        }
    }

    private static partial class Log
    {
        // Only the type: messages of a driver may quote what it was given.
        [LoggerMessage(LogLevel.Error, "A consumer of the {Lane} lane failed ({ExceptionType}); unsettled events come again.")]
        public static partial void ConsumerFailed(ILogger logger, Lane lane, string exceptionType);
    }
}

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
                gate.ProbesAgainIn(Interval);
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
