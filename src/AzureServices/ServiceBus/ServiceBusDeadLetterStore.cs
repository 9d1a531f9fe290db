using System.Diagnostics;
using System.Globalization;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Connecting;
using CustomerIoDestination.AzureServices.ServiceBus.Counting;
using CustomerIoDestination.AzureServices.ServiceBus.DeadLetters;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;

namespace CustomerIoDestination.AzureServices.ServiceBus;

/// <summary>
/// The dead-letter sub-queue. A dead letter's id is its sequence number there. Passes of one process run one after the other; what a pass of another
/// process has locked, at most for the lock's duration, is passed over and told. Any other pass that finds nothing it wants among the
/// oldest 5,000 answers <see cref="DeadLetterPass.More"/> false, because repeating it would change nothing; <see cref="DeadLetterPass.Scanned"/>
/// tells how far it got. Dead letters that hold no event of this product can be discarded, not replayed.
/// </summary>
internal sealed class ServiceBusDeadLetterStore : IDeadLetterStore, IDisposable
{
    /// <summary>The most dead letters one call of a filtered list looks at.</summary>
    private const int MaxScan = 1_000;

    private const int PeeksAtOnce = 20;

    private readonly QueueConnection _connection;
    private readonly ServiceBusEventQueue _queue;
    private readonly EventSettling _settling;
    private readonly IDeliveryLog _log;
    private readonly DeadLetterSettings _settings;
    private readonly SteadyClock _clock;
    private readonly TimeProvider _time;
    private readonly MomentsApart _moments;
    private readonly SemaphoreSlim _onePass = new(1, 1);

    public ServiceBusDeadLetterStore(
        QueueConnection connection,
        ServiceBusEventQueue queue,
        EventSettling settling,
        IDeliveryLog log,
        DeadLetterSettings settings,
        SteadyClock clock,
        TimeProvider time)
    {
        _connection = connection;
        _queue = queue;
        _settling = settling;
        _log = log;
        _settings = settings;
        _clock = clock;
        _time = time;
        _moments = new MomentsApart(time);
    }

    /// <inheritdoc/>
    public Task<DeadLetterPage> ListAsync(DeadLetterQuery query, CancellationToken cancellationToken) =>
        BrokerAccess.AskAsync(() => ReadPageAsync(query, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<DeadLetterDetail?> FindAsync(string id, CancellationToken cancellationToken) => BrokerAccess.AskAsync(
        async () => ParseId(id) is { } sequence && await PeekAsync(sequence, cancellationToken) is { } message
            ? new DeadLetterDetail(DeadLetterMessage.Read(message), DeadLetterMessage.BodyOf(message), DeadLetterMessage.AnswerOf(message))
            : null,
        cancellationToken);

    /// <inheritdoc/>
    public Task<DeadLetterPass> ReplayAsync(DeadLetterSelection selection, bool asOfNow, DeadLetterRun? run, CancellationToken cancellationToken)
    {
        DateTimeOffset begun = BeginOf(run);
        long id = new DeadLetterRun(0, begun).Id;
        return BrokerAccess.AskAsync(
            () => PassAsync(selection, begun, (wanted, at) => SendAgainAsync(wanted, at, asOfNow, id), EventStep.Replayed, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<DeadLetterPass> DiscardAsync(DeadLetterSelection selection, DeadLetterRun? run, CancellationToken cancellationToken) =>
        BrokerAccess.AskAsync(() => PassAsync(selection, BeginOf(run), TakeAllAsync, EventStep.Discarded, cancellationToken), cancellationToken);

    /// <summary>Looks through what came after the last dead letter that the run looked at, and no further than one pass goes. Who delivered the others is not known here.</summary>
    public Task<ReplayResult> FindResultAsync(DeadLetterRun run, CancellationToken cancellationToken) => BrokerAccess.AskAsync(
        async () =>
        {
            Dictionary<DeadLetterReason, long> cameBack = [];
            await foreach (ServiceBusReceivedMessage message in _connection.DeadLetterBrowser.PeekAsync(run.Place + 1, DeadLetterPass.MaxMessages, cancellationToken))
            {
                if (DeadLetterMessage.IsOf(message, run))
                {
                    DeadLetterReason reason = DeadLetterMessage.ReasonOf(message);
                    cameBack[reason] = cameBack.GetValueOrDefault(reason) + 1;
                }
            }

            return new ReplayResult(cameBack);
        },
        cancellationToken);

    /// <summary>
    /// Removes dead letters older than their retention, within the same bounds. One whose age the broker does not say is kept until it must be. None while the
    /// clock is doubted.
    /// </summary>
    public async Task<DeadLetterPass> PurgeAsync(CancellationToken cancellationToken) => _clock.Read() is { IsDoubted: false } now
        ? await PassAsync(
            () => new PassProgress(_time, _time.GetUtcNow(), before: now.Believed - _settings.Retention),
            _ => Task.FromResult(Sought.Any),
            TakeAllAsync,
            EventStep.Discarded,
            cancellationToken)
        : new DeadLetterPass(0, 0, [], More: false, default);

    /// <summary>How many dead letters are older than their retention at a time, among the oldest 1,000.</summary>
    public async Task<int> CountDueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        int due = 0;
        await foreach (ServiceBusReceivedMessage message in _connection.DeadLetterBrowser.PeekAsync(from: 0, MaxScan, cancellationToken))
        {
            due += DeadLetterMessage.DeadLetteredBy(message) <= now - _settings.Retention ? 1 : 0;
        }

        return due;
    }

    /// <inheritdoc/>
    public void Dispose() => _onePass.Dispose();

    private async Task<DeadLetterPage> ReadPageAsync(DeadLetterQuery query, CancellationToken cancellationToken)
    {
        long? place = query.After is null ? -1 : ParseId(query.After);
        if (place is not { } last)
        {
            return DeadLetterPage.OfNoPlace;
        }

        List<DeadLetter> items = [];
        int scanned = 0;
        await foreach (ServiceBusReceivedMessage message in _connection.DeadLetterBrowser.PeekAsync(last + 1, MaxScan + 1, cancellationToken))
        {
            if (items.Count == query.Limit || scanned == MaxScan)
            {
                return new DeadLetterPage(items, last.ToString(CultureInfo.InvariantCulture));
            }

            scanned++;
            last = message.SequenceNumber;
            if (query.Reason is null || DeadLetterMessage.ReasonOf(message) == query.Reason)
            {
                items.Add(DeadLetterMessage.Read(message));
            }
        }

        return new DeadLetterPage(items, null);
    }

    private Task<DeadLetterPass> PassAsync(
        DeadLetterSelection selection,
        DateTimeOffset begun,
        Func<IReadOnlyList<ServiceBusReceivedMessage>, DateTimeOffset, Task<IReadOnlyList<ServiceBusReceivedMessage>?>> prepare,
        EventStep step,
        CancellationToken cancellationToken) => selection switch
        {
            DeadLetterSelection.Ids ids => PassAsync(() => Begin(begun), progress => FindAsync(ids.Values, progress, cancellationToken), prepare, step, cancellationToken),
            DeadLetterSelection.OfReason of => PassAsync(
                () => Begin(begun), _ => Task.FromResult(Sought.Any with { Is = message => DeadLetterMessage.ReasonOf(message) == of.Reason }), prepare, step, cancellationToken),
            DeadLetterSelection.All => PassAsync(() => Begin(begun), _ => Task.FromResult(Sought.Any), prepare, step, cancellationToken),
            DeadLetterSelection.Holding holding => PassAsync(
                () => Begin(begun), _ => Task.FromResult(Sought.Any with { Is = message => holding.IsWanted(DeadLetterMessage.BodyOf(message)) }), prepare, step, cancellationToken),
            _ => throw new UnreachableException(),
        };

    /// <summary>Looks for dead letters by id. What it does not come to in time is taken to be there: the pass itself finds it, or the next one.</summary>
    private async Task<Sought> FindAsync(IReadOnlyList<string> given, PassProgress progress, CancellationToken cancellationToken)
    {
        HashSet<long> there = [];
        List<string> notFound = [];
        bool isAll = true;
        foreach (string[] some in given.Distinct(StringComparer.Ordinal).Chunk(PeeksAtOnce))
        {
            isAll &= progress.MayLookOn;
            bool[] isThere = await Task.WhenAll(some.Select(async id =>
                ParseId(id) is { } sequence && (!isAll || await PeekAsync(sequence, cancellationToken) is not null)));
            there.UnionWith(some.Where((_, index) => isThere[index]).Select(id => ParseId(id)!.Value));
            notFound.AddRange(some.Where((_, index) => !isThere[index]));
        }

        progress.Wanted = there.Count;
        return new Sought(message => there.Contains(message.SequenceNumber), notFound, isAll);
    }

    private async Task<DeadLetterPass> PassAsync(
        Func<PassProgress> begin,
        Func<PassProgress, Task<Sought>> seek,
        Func<IReadOnlyList<ServiceBusReceivedMessage>, DateTimeOffset, Task<IReadOnlyList<ServiceBusReceivedMessage>?>> prepare,
        EventStep step,
        CancellationToken cancellationToken)
    {
        await _onePass.WaitAsync(cancellationToken);
        try
        {
            PassProgress progress = begin();
            Sought sought = await seek(progress);

            // A replayed event may be delivered before its dead letter is removed: what is told happened when the page began.
            DateTimeOffset at = default;
            SweepWork work = new(sought.Is, wanted => prepare(wanted, at = _time.GetUtcNow()), removed => RecordAsync(removed, step, at));
            SweepEnd end = await new DeadLetterSweep(_connection, _settling).RunAsync(work, progress, cancellationToken);
            DeadLetterPass pass = progress.End(end, sought.NotFound);
            return sought.IsAll ? pass : pass with { More = pass.More || pass.Done > 0 };
        }
        finally
        {
            _onePass.Release();
        }
    }

    private PassProgress Begin(DateTimeOffset begun) => new(_time, begun, before: null);

    private DateTimeOffset BeginOf(DeadLetterRun? run) => run?.BeganAt ?? _moments.Next();

    private static Task<IReadOnlyList<ServiceBusReceivedMessage>?> TakeAllAsync(IReadOnlyList<ServiceBusReceivedMessage> wanted, DateTimeOffset _) =>
        Task.FromResult<IReadOnlyList<ServiceBusReceivedMessage>?>(wanted);

    /// <summary>Sends the events anew, with their ids and times; tells which the queue has. Null when it takes none now.</summary>
    private async Task<IReadOnlyList<ServiceBusReceivedMessage>?> SendAgainAsync(
        IReadOnlyList<ServiceBusReceivedMessage> wanted, DateTimeOffset at, bool asOfNow, long run)
    {
        List<ServiceBusReceivedMessage> messages = [];
        List<EventEnvelope> envelopes = [];
        foreach (ServiceBusReceivedMessage message in wanted)
        {
            if (EnvelopeMessage.Read(message) is EnvelopeReading.Readable(var envelope))
            {
                messages.Add(message);
                envelopes.Add(envelope with
                {
                    QueuedAt = at,
                    ReplayCount = envelope.ReplayCount + 1,
                    AsOfNow = asOfNow,
                    ReplayRun = run,
                    BeforeReplay = envelope.BeforeReplay with { FirstFailedAt = DeadLetterMessage.FirstFailedAt(message) },
                });
            }
        }

        return await _queue.EnqueueAsync(envelopes, CancellationToken.None) is EnqueueResult.Enqueued taken
            ? [.. messages.Where((_, index) => !taken.TooLarge.Contains(index))]
            : null;
    }

    private Task RecordAsync(IReadOnlyList<ServiceBusReceivedMessage> removed, EventStep step, DateTimeOffset at)
    {
        DeliveryLogEntry[] entries = [.. removed.Select(message => DeadLetterMessage.EndOf(message, step, at)).OfType<DeliveryLogEntry>()];
        return entries.Length == 0 ? Task.CompletedTask : _settling.TryAsync(token => _log.RecordAsync(entries, token));
    }

    private async Task<ServiceBusReceivedMessage?> PeekAsync(long sequence, CancellationToken cancellationToken) =>
        await _connection.DeadLetterBrowser.PeekMessageAsync(sequence, cancellationToken) is { } message && message.SequenceNumber == sequence ? message : null;

    private static long? ParseId(string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number < long.MaxValue ? number : null;

    /// <summary>What a pass is to deal with.</summary>
    /// <param name="Is">Which dead letters.</param>
    /// <param name="NotFound">Of those that were asked for by id, the ids that are not there.</param>
    /// <param name="IsAll">Whether every id was looked for.</param>
    private sealed record Sought(Func<ServiceBusReceivedMessage, bool> Is, IReadOnlyList<string> NotFound, bool IsAll)
    {
        public static Sought Any { get; } = new(static _ => true, [], IsAll: true);
    }
}
