using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.HttpApi.Tests.Support;

/// <summary>Holds dead letters and remembers what was asked of it.</summary>
internal sealed class FakeDeadLetters : IDeadLetterStore
{
    public List<DeadLetterDetail> Letters { get; } = [];

    public string? Next { get; set; }

    public DeadLetterPass Pass { get; set; } = new(Done: 0, Identifies: 0, NotFound: [], More: false, Run);

    /// <summary>The run that every pass is of.</summary>
    public static DeadLetterRun Run { get; } = new(5, DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000));

    public ReplayResult Result { get; set; } = new(new Dictionary<DeadLetterReason, long>());

    /// <summary>What every question is answered with; null to answer.</summary>
    public Exception? Failure { get; set; }

    public List<DeadLetterQuery> Queries { get; } = [];

    public List<(DeadLetterSelection Selection, bool AsOfNow, DeadLetterRun? Run)> Replays { get; } = [];

    public List<(DeadLetterSelection Selection, DeadLetterRun? Run)> Discards { get; } = [];

    public Task<DeadLetterPage> ListAsync(DeadLetterQuery query, CancellationToken cancellationToken)
    {
        if (Failure is not null)
        {
            return Task.FromException<DeadLetterPage>(Failure);
        }

        Queries.Add(query);
        IEnumerable<DeadLetter> letters = Letters.Select(detail => detail.DeadLetter).Where(letter => query.Reason is null || letter.Reason == query.Reason);
        return Task.FromResult(new DeadLetterPage([.. letters.Take(query.Limit)], Next));
    }

    public Task<DeadLetterDetail?> FindAsync(string id, CancellationToken cancellationToken) =>
        Task.FromResult(Letters.Find(detail => detail.DeadLetter.Id == id));

    public Task<DeadLetterPass> ReplayAsync(DeadLetterSelection selection, bool asOfNow, DeadLetterRun? run, CancellationToken cancellationToken)
    {
        if (Failure is not null)
        {
            return Task.FromException<DeadLetterPass>(Failure);
        }

        Replays.Add((selection, asOfNow, run));
        return Task.FromResult(Pass);
    }

    public Task<DeadLetterPass> DiscardAsync(DeadLetterSelection selection, DeadLetterRun? run, CancellationToken cancellationToken)
    {
        if (Failure is not null)
        {
            return Task.FromException<DeadLetterPass>(Failure);
        }

        Discards.Add((selection, run));
        return Task.FromResult(selection is DeadLetterSelection.Holding holding ? Pass with { Done = Letters.RemoveAll(letter => holding.IsWanted(letter.Event)) } : Pass);
    }

    public Task<ReplayResult> FindResultAsync(DeadLetterRun run, CancellationToken cancellationToken) => Task.FromResult(Result);
}
