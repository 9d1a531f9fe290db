using System.Buffers;
using System.Threading.Channels;
using CustomerIoDestination.Cli.Host;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>Sends a file's events to a host's import lane, batch after batch and in order, and waits where the host asks for it.</summary>
/// <param name="api">The host.</param>
/// <param name="time">Waits.</param>
/// <param name="refused">Takes what is no event.</param>
/// <param name="told">Is told of it too.</param>
/// <param name="waiting">Told each time the host can't take a batch: what it answered, how long is waited, and how long it is tried for yet.</param>
internal sealed class Importer(HostApi api, TimeProvider time, RefusedItems refused, Action<RefusedItem> told, Action<HostAnswer.Unreachable, TimeSpan, TimeSpan> waiting)
{
    /// <summary>How long a batch is tried.</summary>
    public static readonly TimeSpan LongestTry = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private bool _hasBegun;

    /// <summary>Told once, before the first batch is sent: the host may be long in answering.</summary>
    public Action? Begins { get; init; }

    /// <summary>Sends the batches.</summary>
    /// <param name="batches">The batches.</param>
    /// <param name="from">Where an earlier import stopped.</param>
    /// <param name="advanced">Told how far it is after each batch, and how many bytes of the file were read.</param>
    /// <param name="cancellationToken">Stops between two batches, or gives up the one under way, which is sent again when the import is resumed.</param>
    /// <returns>What stopped it, also a good answer that is none to these events; null when all was sent.</returns>
    public async Task<HostAnswer?> RunAsync(IAsyncEnumerable<ImportBatch> batches, ImportState from, Action<ImportState, long> advanced, CancellationToken cancellationToken)
    {
        using var stopReading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ready = Channel.CreateBounded<ImportBatch>(2);
        Task reading = ReadAsync(batches, ready.Writer, stopReading.Token);
        ImportState state = from;
        try
        {
            await foreach (ImportBatch batch in ready.Reader.ReadAllAsync(cancellationToken))
            {
                (HostAnswer? stoppedBy, state) = await SendAsync(batch.Events, state, cancellationToken);
                if (stoppedBy is not null)
                {
                    return stoppedBy;
                }

                foreach (RefusedItem item in batch.Refused)
                {
                    Refuse(item);
                }

                refused.Flush();
                state = state with { Items = batch.Items, Line = batch.Line, Fingerprint = batch.Fingerprint, Refused = state.Refused + batch.Refused.Count, RefusedBytes = refused.Length };
                advanced(state, batch.Position);
            }

            await reading;
            return null;
        }
        finally
        {
            await stopReading.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The next batches are read while one is under way. How it ended is what the channel ends with.
    private static async Task ReadAsync(IAsyncEnumerable<ImportBatch> batches, ChannelWriter<ImportBatch> ready, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (ImportBatch batch in batches.WithCancellation(cancellationToken))
            {
                await ready.WriteAsync(batch, cancellationToken);
            }

            ready.Complete();
        }
        catch (Exception e)
        {
            ready.Complete(e);
        }
    }

    private async Task<(HostAnswer? StoppedBy, ImportState State)> SendAsync(IReadOnlyList<ImportedLine> events, ImportState state, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return (null, state);
        }

        switch (await TryAsync(Body(events), cancellationToken))
        {
            case HostAnswer.Good { Body: var body } good:
                return ImportAnswer.Read(body, events.Count) is { } answer ? (null, Counted(answer, events, state)) : (good, state);
            case HostAnswer.Refused { Status: 413 } tooLarge when events.Count == 1:
                Refuse(new RefusedItem(events[0].Line, new ItemProblem(tooLarge.Code ?? "body_too_large", tooLarge.Message ?? "the host takes no body of that size"), events[0].Text));
                return (null, state with { Refused = state.Refused + 1 });
            case HostAnswer.Refused { Status: 413 }:
                int half = events.Count / 2;
                (HostAnswer? stoppedBy, state) = await SendAsync([.. events.Take(half)], state, cancellationToken);
                return stoppedBy is null ? await SendAsync([.. events.Skip(half)], state, cancellationToken) : (stoppedBy, state);
            case var stopped:
                return (stopped, state);
        }
    }

    private async Task<HostAnswer> TryAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            Begins?.Invoke();
        }

        long begun = time.GetTimestamp();
        for (TimeSpan growing = FirstWait; ; growing = growing * 2 < LongestWait ? growing * 2 : LongestWait)
        {
            HostAnswer answer = await api.ImportAsync(body, cancellationToken);
            TimeSpan left = LongestTry - time.GetElapsedTime(begun);
            if (answer is not HostAnswer.Unreachable unreachable || left <= TimeSpan.Zero)
            {
                return answer;
            }

            // What the host asks for, within what is left: the last try is at its end.
            TimeSpan asked = unreachable.RetryAfter ?? growing;
            TimeSpan within = asked < left ? asked : left;
            TimeSpan wait = within < ShortestWait ? ShortestWait : within;
            waiting(unreachable, wait, left);
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    private ImportState Counted(ImportAnswer answer, IReadOnlyList<ImportedLine> events, ImportState state)
    {
        foreach ((int index, ItemProblem problem) in answer.Rejected)
        {
            Refuse(new RefusedItem(events[index].Line, problem, events[index].Text));
        }

        return state with
        {
            Accepted = state.Accepted + answer.Accepted,
            Skipped = state.Skipped + answer.Skipped,
            Refused = state.Refused + answer.Rejected.Count,
        };
    }

    private void Refuse(RefusedItem item)
    {
        refused.Add(item);
        told(item);
    }

    private static ReadOnlyMemory<byte> Body(IReadOnlyList<ImportedLine> events)
    {
        var body = new ArrayBufferWriter<byte>(events.Sum(line => line.Json.Length + 1));
        foreach (ImportedLine line in events)
        {
            body.Write(line.Json.Span);
            body.Write("\n"u8);
        }

        return body.WrittenMemory;
    }
}
