using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.AzureServices.ServiceBus.Counting;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.AzureServices.ServiceBus.Sending;
using CustomerIoDestination.Queueing;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus;

/// <summary>The queue on Service Bus as ingest sees it.</summary>
public sealed partial class ServiceBusEventQueue : IEventQueue
{
    // Each message looked at costs a credit of the namespace's thousand a second: few where the broker counts for us.
    private const int SampleBesideCounts = 100;
    private const int LongestSample = 1_000;

    private static readonly TimeSpan StatusBudget = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DeepLookHolds = TimeSpan.FromSeconds(5);

    private readonly QueueConnection _connection;
    private readonly EventsInHand _inHand;
    private readonly TimeProvider _time;
    private readonly ILogger<ServiceBusEventQueue> _logger;
    private readonly PatientSender _sender;
    private readonly QueueCounts _counts;
    private Refusal? _lastRefusal;
    private DeepLook? _lastDeepLook;

    internal ServiceBusEventQueue(QueueConnection connection, EventsInHand inHand, TimeProvider time, ILogger<ServiceBusEventQueue> logger)
    {
        _connection = connection;
        _inHand = inHand;
        _time = time;
        _logger = logger;
        _sender = new PatientSender(connection.Sender, time);
        _counts = new QueueCounts(connection.Administration, connection.QueueName, time);
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
    /// How full the queue is. The totals are the broker's where its counts may be read (not on the emulator); else messages are counted up to 1,000 of
    /// the queue and 1,000 dead letters, and a deeper queue shows as that. Its oldest 100 messages (1,000 without counts) tell the lanes apart: what
    /// lies deeper is taken to be mixed like them, and a lane that is not among them shows no age. In delivery is what this process holds;
    /// what others hold counts as ready. Of a queue deeper than the look at it, an answer holds 5 s.
    /// </summary>
    /// <inheritdoc/>
    public async Task<QueueStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        if (_lastDeepLook is { } look && _time.GetElapsedTime(look.At) < DeepLookHolds)
        {
            return look.Status with { CanEnqueue = IsTaking };
        }

        using CancellationTokenSource budget = new(StatusBudget, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        try
        {
            (long Active, long DeadLettered)? counts = await _counts.ReadAsync(either.Token);
            int max = counts is null ? LongestSample : SampleBesideCounts;
            LaneSample sample = await SampleAsync(max, either.Token);
            long deadLettered = counts?.DeadLettered ?? await CountDeadLettersAsync(either.Token);
            QueueStatus status = StatusOf(sample, Math.Max(sample.Count, counts?.Active ?? 0), deadLettered);
            _lastDeepLook = sample.Count < max && deadLettered < LongestSample ? null : new DeepLook(_time.GetTimestamp(), status);
            return status;
        }
        catch (Exception exception) when (SendFailure.Of(exception) is { } failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Log.StatusUnknown(_logger, failure.Code);
            return new QueueStatus(CanEnqueue: false, LaneStatus.Empty, LaneStatus.Empty, DeadLettered: 0);
        }
    }

    private bool IsTaking => _lastRefusal is not { } refusal || _time.GetElapsedTime(refusal.At) >= refusal.For;

    private QueueStatus StatusOf(LaneSample sample, long total, long deadLettered)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return new QueueStatus(
            IsTaking,
            sample.StatusOf(Lane.Live, total, _inHand.Of(Lane.Live), now),
            sample.StatusOf(Lane.Import, total, _inHand.Of(Lane.Import), now),
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

    private sealed record DeepLook(long At, QueueStatus Status);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The queue did not take {Count} events: {Code}. The sender was told to send them again.")]
        public static partial void NotTaken(ILogger logger, string code, int count);

        [LoggerMessage(LogLevel.Warning, "The queue could not be looked at: {Code}.")]
        public static partial void StatusUnknown(ILogger logger, string code);
    }
}
