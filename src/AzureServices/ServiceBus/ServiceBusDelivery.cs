using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus;

/// <summary>
/// Delivers from the queue on Service Bus outside Functions: the client's session processor, set up as <c>host.json</c> sets up the trigger's, hands each
/// message to the handler that the trigger calls too. A session is a partition: one message of it is in hand at a time, and as many sessions at once as
/// there are partitions in both lanes. Stopping finishes requests on the wire and their settlements and gives the rest back.
/// </summary>
internal sealed partial class ServiceBusDelivery(
    QueueConnection connection, ServiceBusMessageHandler handler, DeliverySettings settings, TimeProvider time, ILogger<ServiceBusDelivery> logger)
    : IHostedService, IAsyncDisposable
{
    // The processor waits for its error handler before it tries again: without a pause it asks a broker that is away as fast as that fails.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ToldEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private ServiceBusSessionProcessor? _processor;
    private int _failures;
    private long? _toldAt;

    /// <summary>How the processor is set up.</summary>
    public static ServiceBusSessionProcessorOptions OptionsOf(DeliverySettings settings) => new()
    {
        AutoCompleteMessages = false,
        PrefetchCount = 0,
        MaxConcurrentSessions = settings.LivePartitions + settings.ImportPartitions,
        MaxConcurrentCallsPerSession = 1,
        SessionIdleTimeout = TimeSpan.FromSeconds(10),
        MaxAutoLockRenewalDuration = TimeSpan.FromHours(1),
    };

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!settings.Enabled)
        {
            return;
        }

        _processor = connection.Client.CreateSessionProcessor(connection.QueueName, OptionsOf(settings));
        _processor.ProcessMessageAsync += args => handler.HandleAsync(args.Message, new ProcessorSettlement(args), args.CancellationToken);
        _processor.ProcessErrorAsync += OnErrorAsync;
        await _processor.StartProcessingAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _processor?.StopProcessingAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _processor?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Something failed outside the handling of a message: each session fails each second while the broker is away, so it is told once a minute.</summary>
    internal Task OnErrorAsync(ProcessErrorEventArgs args)
    {
        lock (_gate)
        {
            _failures++;
            if (_toldAt is not { } told || time.GetElapsedTime(told) >= ToldEvery)
            {
                _toldAt = time.GetTimestamp();
                Log.Failed(logger, args.ErrorSource, args.Exception.GetType().Name, _failures);
                _failures = 0;
            }
        }

        return PauseAsync(args.CancellationToken);
    }

    private async Task PauseAsync(CancellationToken stopping) =>
        await Task.Delay(PauseAfterFailure, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The queue could not be delivered from ({Source}: {ExceptionType}); it is tried again, and told once a minute ({Failures} failures since).")]
        public static partial void Failed(ILogger logger, ServiceBusErrorSource source, string exceptionType, int failures);
    }
}

/// <summary>A message the session processor has handed out.</summary>
internal sealed class ProcessorSettlement(ProcessSessionMessageEventArgs args) : IMessageSettlement
{
    public DateTimeOffset SessionLockedUntil => args.SessionLockedUntil;

    public Task RenewSessionLockAsync(CancellationToken cancellationToken) => args.RenewSessionLockAsync(cancellationToken);

    public Task CompleteAsync(CancellationToken cancellationToken) => args.CompleteMessageAsync(args.Message, cancellationToken);

    public Task DeadLetterAsync(string reason, string description, IReadOnlyDictionary<string, object> properties, CancellationToken cancellationToken) =>
        args.DeadLetterMessageAsync(args.Message, new Dictionary<string, object>(properties, StringComparer.Ordinal), reason, description, cancellationToken);

    public Task ReleaseSessionAsync(CancellationToken cancellationToken)
    {
        args.ReleaseSession();
        return Task.CompletedTask;
    }

    public async Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken) => await args.GetSessionStateAsync(cancellationToken);

    public Task SetSessionStateAsync(BinaryData state, CancellationToken cancellationToken) =>
        args.SetSessionStateAsync(state.ToMemory().IsEmpty ? null! : state, cancellationToken);
}
