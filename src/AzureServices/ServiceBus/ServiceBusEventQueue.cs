using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.AzureServices.ServiceBus.Counting;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.AzureServices.ServiceBus.Sending;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus;

/// <summary>The queue on Service Bus as ingest sees it.</summary>
public sealed partial class ServiceBusEventQueue : IEventQueue
{
    // Each message looked at costs a credit of the namespace's thousand a second: few where the broker counts for us.
    private const int SampleBesideCounts = 100;
    private const int LongestSample = 1_000;

    private static readonly TimeSpan LookBudget = TimeSpan.FromSeconds(5);

    private readonly QueueConnection _connection;
    private readonly EventsInHand _inHand;
    private readonly Func<CancellationToken, Task<InHand>> _inHandElsewhere;
    private readonly TimeProvider _time;
    private readonly ILogger<ServiceBusEventQueue> _logger;
    private readonly PatientSender _sender;
    private readonly QueueCounts _counts;
    private readonly SharedAnswer<QueueStatus?> _status;
    private readonly SharedAnswer<QueueHealth> _health;
    private Refusal? _lastRefusal;

    /// <summary>How long what was seen of the queue is told to whoever asks: anybody may, and a look costs the namespace credits.</summary>
    internal static readonly TimeSpan LookHolds = TimeSpan.FromSeconds(5);

    internal ServiceBusEventQueue(
        QueueConnection connection,
        EventsInHand inHand,
        Func<CancellationToken, Task<InHand>> inHandElsewhere,
        TimeSpan lookHolds,
        TimeProvider time,
        ILogger<ServiceBusEventQueue> logger)
    {
        _inHandElsewhere = inHandElsewhere;
        _connection = connection;
        _inHand = inHand;
        _time = time;
        _logger = logger;
        _sender = new PatientSender(connection.Sender, time);
        _counts = new QueueCounts(connection.Administration, connection.QueueName, time);
        _status = new SharedAnswer<QueueStatus?>(LookAsync, lookHolds, time);
        _health = new SharedAnswer<QueueHealth>(CheckAsync, lookHolds, time);
    }

    /// <inheritdoc/>
    public async Task<EnqueueResult> EnqueueAsync(IReadOnlyList<EventEnvelope> envelopes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ServiceBusMessage?[] messages =
            [.. envelopes.Select(envelope => envelope.Body.Length <= EventEnvelope.MaxBodyBytes ? EnvelopeMessage.Write(envelope) : null)];
        List<int> tooLarge = [];
        if (await _sender.SendAsync(messages, tooLarge, cancellationToken) is { } failure)
        {
            _lastRefusal = new Refusal(_time.GetTimestamp(), failure.RetryAfter);
            Log.NotTaken(_logger, failure.Code, messages.Length);
            return new EnqueueResult.Unavailable(failure.Code, failure.RetryAfter);
        }

        _lastRefusal = null;
        return tooLarge.Count == 0 ? EnqueueResult.Enqueued.All : new EnqueueResult.Enqueued(tooLarge);
    }

    /// <summary>
    /// Counts those among the oldest 5,000, and takes none out: a queue with sessions gives no message out of its turn. They stay until it comes.
    /// </summary>
    /// <inheritdoc/>
    public Task<QueueRemoval> RemoveAsync(Predicate<ReadOnlyMemory<byte>> isWanted, SkipReason reason, CancellationToken cancellationToken) => BrokerAccess.AskAsync(
        async () =>
        {
            long started = _time.GetTimestamp();
            int seen = 0;
            int found = 0;
            await foreach (ServiceBusReceivedMessage message in _connection.Browser.PeekAsync(from: 0, DeadLetterPass.MaxMessages, cancellationToken))
            {
                seen++;
                found += EnvelopeMessage.Read(message) is EnvelopeReading.Readable(var envelope) && isWanted(envelope.Body) ? 1 : 0;
                if (_time.GetElapsedTime(started) > QueueRemoval.MaxDuration)
                {
                    return new QueueRemoval(0, 0, found, More: true);
                }
            }

            return new QueueRemoval(0, 0, found, More: seen == DeadLetterPass.MaxMessages);
        },
        cancellationToken);

    /// <summary>
    /// How full the queue is. The totals are the broker's where its counts may be read (not on the emulator); else messages are counted up to 1,000 of
    /// the queue and 1,000 dead letters, and a deeper queue shows as that. Its oldest 100 messages (1,000 without counts) tell the lanes apart: what
    /// lies deeper is taken to be mixed like them, and a lane that is not among them shows no age. In delivery is what this process holds
    /// and what others last said they do. All who ask within five seconds get one answer.
    /// </summary>
    /// <inheritdoc/>
    public async Task<QueueStatus?> GetStatusAsync(CancellationToken cancellationToken) =>
        await _status.GetAsync(cancellationToken) is { } status ? status with { CanEnqueue = IsTaking } : null;

    /// <summary>Whether the queue takes events: by what the last request to it came to, and a look at one message at most each five seconds.</summary>
    /// <inheritdoc/>
    public async Task<QueueHealth> GetHealthAsync(CancellationToken cancellationToken) =>
        IsTaking ? await _health.GetAsync(cancellationToken) : QueueHealth.Refusing;

    private bool IsTaking => _lastRefusal is not { } refusal || _time.GetElapsedTime(refusal.At) >= refusal.For;

    private async Task<QueueStatus?> LookAsync()
    {
        using CancellationTokenSource budget = new(LookBudget, _time);
        try
        {
            Task<InHand> elsewhere = _inHandElsewhere(budget.Token);
            (long Active, long DeadLettered)? counts = await _counts.ReadAsync(budget.Token);
            LaneSample sample = await SampleAsync(counts is null ? LongestSample : SampleBesideCounts, budget.Token);
            long deadLettered = counts?.DeadLettered ?? await CountDeadLettersAsync(budget.Token);
            return StatusOf(sample, Math.Max(sample.Count, counts?.Active ?? 0), deadLettered, _inHand.Read() + await elsewhere);
        }
        catch (Exception exception) when (SendFailure.Of(exception) is { } failure)
        {
            Log.StatusUnknown(_logger, failure.Code);
            return null;
        }
    }

    private async Task<QueueHealth> CheckAsync()
    {
        using CancellationTokenSource budget = new(LookBudget, _time);
        try
        {
            await _connection.Browser.PeekMessageAsync(fromSequenceNumber: 0, budget.Token);
            return QueueHealth.Taking;
        }
        catch (Exception exception) when (SendFailure.Of(exception) is { } failure)
        {
            Log.StatusUnknown(_logger, failure.Code);
            return QueueHealth.Unreachable;
        }
    }

    private QueueStatus StatusOf(LaneSample sample, long total, long deadLettered, InHand inHand)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return new QueueStatus(
            IsTaking,
            sample.StatusOf(Lane.Live, total, inHand.Of(Lane.Live), now),
            sample.StatusOf(Lane.Import, total, inHand.Of(Lane.Import), now),
            deadLettered);
    }

    private async Task<LaneSample> SampleAsync(int max, CancellationToken cancellationToken)
    {
        LaneSample sample = new();
        await foreach (ServiceBusReceivedMessage message in _connection.Browser.PeekAsync(from: 0, max, cancellationToken))
        {
            if (message.State == ServiceBusMessageState.Active)
            {
                sample.Add(message);
            }
        }

        return sample;
    }

    private async Task<long> CountDeadLettersAsync(CancellationToken cancellationToken)
    {
        long count = 0;
        await foreach (ServiceBusReceivedMessage _ in _connection.DeadLetterBrowser.PeekAsync(from: 0, LongestSample, cancellationToken))
        {
            count++;
        }

        return count;
    }

    private sealed record Refusal(long At, TimeSpan For);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The queue did not take {Count} events: {Code}. The sender was told to send them again.")]
        public static partial void NotTaken(ILogger logger, string code, int count);

        [LoggerMessage(LogLevel.Warning, "The queue could not be looked at: {Code}.")]
        public static partial void StatusUnknown(ILogger logger, string code);
    }
}
