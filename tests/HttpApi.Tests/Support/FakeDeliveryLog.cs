using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.HttpApi.Tests.Support;

/// <summary>Holds a delivery log and remembers what was asked of it.</summary>
internal sealed class FakeDeliveryLog : IDeliveryLog
{
    public List<DeliveryLogEntry> Entries { get; } = [];

    public string? Next { get; set; }

    public List<DeliveryLogQuery> Queries { get; } = [];

    public Exception? Failure { get; set; }

    public Task RecordAsync(IReadOnlyList<DeliveryLogEntry> entries, CancellationToken cancellationToken)
    {
        lock (Entries)
        {
            Entries.AddRange(entries);
        }

        return Task.CompletedTask;
    }

    public Task<DeliveryLogPage> ListAsync(DeliveryLogQuery query, CancellationToken cancellationToken)
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        Queries.Add(query);
        IEnumerable<DeliveryLogEntry> entries = Entries
            .Where(entry => entry.Outcome is not null)
            .Where(entry => query.Outcome is null || entry.Outcome == query.Outcome)
            .Where(entry => query.Kind is null || entry.Kind == query.Kind);
        return Task.FromResult(new DeliveryLogPage([.. entries.Reverse().Take(query.Limit)], Next));
    }

    public Task<EventStory?> FindStoryAsync(string eventId, CancellationToken cancellationToken)
    {
        DeliveryLogEntry[] steps = [.. Entries.Where(entry => entry.EventId == eventId)];
        return Task.FromResult(steps.Length == 0 ? null : new EventStory(eventId, steps[0].Kind, steps));
    }
}
