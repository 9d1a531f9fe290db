using System.Globalization;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Leasing;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.SqliteQueue.Writing;
using CustomerIoDestination.Time;

namespace CustomerIoDestination.SqliteQueue;

/// <summary>The dead letters of the embedded queue. All of them are in reach of every pass.</summary>
public sealed class SqliteDeadLetterStore(QueueFile file) : IDeadLetterStore
{
    private const int PerCommit = 100;

    /// <inheritdoc/>
    public async Task<DeadLetterPage> ListAsync(DeadLetterQuery query, CancellationToken cancellationToken)
    {
        long? place = query.After is null ? 0 : ParseId(query.After);
        if (place is not { } after)
        {
            return DeadLetterPage.OfNoPlace;
        }

        List<DeadLetter> found = await ReadAsync(
            reader => reader.DeadLetters.List(query.Reason, after, query.Limit + 1), cancellationToken);
        return found.Count > query.Limit
            ? new DeadLetterPage(found[..query.Limit], found[query.Limit - 1].Id)
            : new DeadLetterPage(found, null);
    }

    /// <inheritdoc/>
    public async Task<DeadLetterDetail?> FindAsync(string id, CancellationToken cancellationToken) =>
        ParseId(id) is { } number ? await ReadAsync(reader => reader.DeadLetters.Find(number), cancellationToken) : null;

    /// <inheritdoc/>
    public Task<DeadLetterPass> ReplayAsync(DeadLetterSelection selection, bool asOfNow, DeadLetterRun? run, CancellationToken cancellationToken) => file.ToldAsync(
        Backend.Queue,
        async () =>
        {
            DeadLetterRun all = run ?? await BeginAsync(cancellationToken);
            return await PassAsync(selection, all, ids => new ReplayCommand(ids, asOfNow, all, file.Leases), cancellationToken);
        });

    /// <inheritdoc/>
    public Task<DeadLetterPass> DiscardAsync(DeadLetterSelection selection, DeadLetterRun? run, CancellationToken cancellationToken) => file.ToldAsync(
        Backend.Queue,
        async () => await PassAsync(
            selection,
            run ?? await BeginAsync(cancellationToken),
            static ids => new WriteWork<DeadLetterBatch>(session => session.RemoveDeadLetters(ids, EventStep.Discarded), mustLast: true),
            cancellationToken));

    /// <inheritdoc/>
    public async Task<ReplayResult> FindResultAsync(DeadLetterRun run, CancellationToken cancellationToken) =>
        await ReadAsync(reader => reader.Replays.Read(run), cancellationToken);

    /// <summary>Begins a run: it goes as far as the newest of now.</summary>
    private async Task<DeadLetterRun> BeginAsync(CancellationToken cancellationToken) =>
        new(await ReadAsync(static reader => reader.DeadLetters.Newest(), cancellationToken), file.Moments.Next());

    private Task<DeadLetterPass> PassAsync(
        DeadLetterSelection selection,
        DeadLetterRun run,
        Func<IReadOnlyList<long>, WriteCommand<DeadLetterBatch>> command,
        CancellationToken cancellationToken) => selection switch
        {
            DeadLetterSelection.Ids ids => PassOverIdsAsync(ids.Values, run, command, cancellationToken),
            DeadLetterSelection.OfReason of => PassOverAllAsync(of.Reason, run, command, cancellationToken),
            DeadLetterSelection.All => PassOverAllAsync(null, run, command, cancellationToken),
            DeadLetterSelection.Holding holding => PassOverBodiesAsync(holding.IsWanted, run, command, cancellationToken),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task<DeadLetterPass> PassOverIdsAsync(
        IReadOnlyList<string> given, DeadLetterRun run, Func<IReadOnlyList<long>, WriteCommand<DeadLetterBatch>> command, CancellationToken cancellationToken)
    {
        var pass = new Pass(run, file.TimeProvider);
        pass.AddNotFound(given.Where(id => ParseId(id) is null).Distinct(StringComparer.Ordinal));
        long[] ids = [.. given.Select(ParseId).OfType<long>().Distinct().Order()];
        int next = 0;
        while (next < ids.Length && pass.MayGoOn(cancellationToken))
        {
            long[] chunk = ids[next..Math.Min(ids.Length, next + Math.Min(PerCommit, pass.Left))];
            pass.Add(await file.Writer.WriteAsync(command(chunk)));
            next += chunk.Length;
        }

        return pass.End(more: next < ids.Length);
    }

    private async Task<DeadLetterPass> PassOverAllAsync(
        DeadLetterReason? reason, DeadLetterRun run, Func<IReadOnlyList<long>, WriteCommand<DeadLetterBatch>> command, CancellationToken cancellationToken)
    {
        var pass = new Pass(run, file.TimeProvider);
        long after = 0;
        while (true)
        {
            List<long> ids = await ReadAsync(reader => reader.DeadLetters.Ids(reason, after, run.Place, PerCommit), cancellationToken);
            if (ids.Count == 0 || !pass.MayGoOn(cancellationToken))
            {
                return pass.End(more: ids.Count > 0);
            }

            // One that somebody else took meanwhile was never asked for by its id.
            pass.Add(await file.Writer.WriteAsync(command(ids)) with { NotFound = [] });
            after = ids[^1];
        }
    }

    private async Task<DeadLetterPass> PassOverBodiesAsync(
        Predicate<ReadOnlyMemory<byte>> isWanted, DeadLetterRun run, Func<IReadOnlyList<long>, WriteCommand<DeadLetterBatch>> command, CancellationToken cancellationToken)
    {
        var pass = new Pass(run, file.TimeProvider);
        long after = 0;
        while (true)
        {
            List<(long Id, byte[] Body)> some = await ReadAsync(reader => reader.DeadLetters.Bodies(after, run.Place, PerCommit), cancellationToken);
            if (some.Count == 0 || !pass.MayGoOn(cancellationToken))
            {
                return pass.End(more: some.Count > 0);
            }

            long[] wanted = [.. some.Where(one => isWanted(one.Body)).Select(one => one.Id)];
            if (wanted.Length > 0)
            {
                pass.Add(await file.Writer.WriteAsync(command(wanted)) with { NotFound = [] });
            }

            after = some[^1].Id;
        }
    }

    private Task<T> ReadAsync<T>(Func<TableSet, T> read, CancellationToken cancellationToken) =>
        file.ToldAsync(Backend.Queue, async () => await file.ReadAsync(read, cancellationToken));

    private static long? ParseId(string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>What a pass did so far, and its bounds.</summary>
    private sealed class Pass(DeadLetterRun run, TimeProvider timeProvider)
    {
        private readonly long _started = timeProvider.GetTimestamp();
        private readonly List<string> _notFound = [];
        private int _done;
        private int _identifies;

        public int Left => DeadLetterPass.MaxMessages - _done;

        public bool MayGoOn(CancellationToken cancellationToken) =>
            !cancellationToken.IsCancellationRequested && Left > 0 && timeProvider.GetElapsedTime(_started) < DeadLetterPass.MaxDuration;

        public void Add(DeadLetterBatch batch)
        {
            _done += batch.Found.Count;
            _identifies += batch.Identifies;
            AddNotFound(batch.NotFound.Select(id => id.ToString(CultureInfo.InvariantCulture)));
        }

        public void AddNotFound(IEnumerable<string> ids) => _notFound.AddRange(ids);

        public DeadLetterPass End(bool more) => new(_done, _identifies, _notFound, more, run);
    }
}

/// <summary>Moves a few dead letters back to the queue, in one transaction, so that none is lost or doubled.</summary>
internal sealed class ReplayCommand(IReadOnlyList<long> ids, bool asOfNow, DeadLetterRun run, PartitionLeases leases) : WriteCommand<DeadLetterBatch>
{
    public override bool IsRefusable => true;

    protected override DeadLetterBatch Write(WriteSession session)
    {
        ClockReading now = session.Now;
        DeadLetterBatch batch = session.RemoveDeadLetters(ids, EventStep.Replayed, deadLetter =>
        {
            int replayCount = deadLetter.ReplayCount + 1;
            long sequence = session.Counters.NextSequence;
            session.Events.Requeue(sequence, now.Wall, replayCount, asOfNow, deadLetter.Id, run.Id);
            session.Seen.Put(MessageKey.Of(deadLetter.EventId, deadLetter.Kind, replayCount, deadLetter.IsRepeat), now, sequence);
            session.Counters.EventAdded(deadLetter.Partition.Lane);
        });
        session.Replays.AddReplayed(run, batch.Found.Count);
        return batch;
    }

    protected override void OnCommitted(DeadLetterBatch result)
    {
        foreach (DeadLetterKey deadLetter in result.Found)
        {
            leases.Added(deadLetter.Partition);
        }
    }
}
