using CustomerIoDestination.Ports;

namespace CustomerIoDestination.HttpApi.Tests.Support;

/// <summary>Holds dead letters and remembers what was asked of it.</summary>
internal sealed class FakeDeadLetters : IDeadLetterStore
{
    public List<DeadLetterDetail> Letters { get; } = [];

    public string? Next { get; set; }

    public DeadLetterPass Pass { get; set; } = new(Done: 0, Identifies: 0, NotFound: [], More: false);

    /// <summary>What every question is answered with; null to answer.</summary>
    public Exception? Failure { get; set; }

    public List<DeadLetterQuery> Queries { get; } = [];

    public List<(DeadLetterSelection Selection, bool AsOfNow)> Replays { get; } = [];

    public List<DeadLetterSelection> Discards { get; } = [];

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

    public Task<DeadLetterPass> ReplayAsync(DeadLetterSelection selection, bool asOfNow, CancellationToken cancellationToken)
    {
        Replays.Add((selection, asOfNow));
        return Task.FromResult(Pass);
    }

    public Task<DeadLetterPass> DiscardAsync(DeadLetterSelection selection, CancellationToken cancellationToken)
    {
        Discards.Add(selection);
        return Task.FromResult(selection is DeadLetterSelection.Holding holding ? Pass with { Done = Letters.RemoveAll(letter => holding.IsWanted(letter.Event)) } : Pass);
    }
}
