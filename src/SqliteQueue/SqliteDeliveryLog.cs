using System.Globalization;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.SqliteQueue.Writing;

namespace CustomerIoDestination.SqliteQueue;

/// <summary>
/// The delivery log of the embedded queue: the last 200,000 lines of the last seven days. What waits and what is dead is told from the queue itself; beside
/// a queue that is elsewhere an event takes two more lines, for its arrival.
/// </summary>
public sealed class SqliteDeliveryLog(QueueFile file) : IDeliveryLog
{
    /// <inheritdoc/>
    public async Task RecordAsync(IReadOnlyList<DeliveryLogEntry> entries, CancellationToken cancellationToken) =>
        await file.Writer.WriteAsync(new WriteWork<int>(
            session =>
            {
                foreach (DeliveryLogEntry entry in entries)
                {
                    session.Record(entry);
                }

                return entries.Count;
            },
            isRefusable: true)).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<DeliveryLogPage> ListAsync(DeliveryLogQuery query, CancellationToken cancellationToken)
    {
        long before = long.MaxValue;
        if (query.After is not null && !long.TryParse(query.After, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            return DeliveryLogPage.OfNoPlace;
        }

        (List<DeliveryLogEntry> lines, long? next) = await ReadAsync(reader => reader.Log.ReadPage(query, before), cancellationToken);
        return new DeliveryLogPage(lines, next?.ToString(CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public async Task<EventStory?> FindStoryAsync(string eventId, CancellationToken cancellationToken)
    {
        (IReadOnlyList<LoggedLine> logged, IReadOnlyList<QueuedMessage> queued, IReadOnlyList<DeadMessage> dead) = await ReadAsync(
            reader => (reader.Log.FindByEvent(eventId), reader.Events.FindByEvent(eventId, reader.Seen.SequencesOf(eventId)), reader.DeadLetters.FindByEvent(eventId)),
            cancellationToken);
        List<DeliveryLogEntry> steps = [];
        foreach (LoggedLine line in logged)
        {
            AddArrival(steps, line.Entry, line.ReceivedAt, line.QueuedAt);
            steps.Add(line.Entry);
        }

        foreach (DeadMessage message in dead)
        {
            DeliveryLogEntry end = StepOf(eventId, message.Message, EventStep.Delivery, message.DeadLetteredAt) with
            {
                Outcome = AttemptOutcome.DeadLettered,
                Reason = message.Reason,
                Attempts = message.Message.Attempts,
            };
            AddArrival(steps, end, message.Message.ReceivedAt, message.Message.QueuedAt);

            // A dead letter outlives its line in the log.
            if (!steps.Exists(step => step.Outcome is AttemptOutcome.DeadLettered && step.At == end.At))
            {
                steps.Add(end);
            }
        }

        foreach (QueuedMessage message in queued)
        {
            AddArrival(steps, StepOf(eventId, message, EventStep.Queued, message.QueuedAt), message.ReceivedAt, message.QueuedAt);
        }

        return EventStory.Of(eventId, steps);
    }

    private Task<T> ReadAsync<T>(Func<TableSet, T> read, CancellationToken cancellationToken) =>
        file.ToldAsync(Backend.Storage, async () => await file.ReadAsync(read, cancellationToken));

    /// <summary>Each message of an event tells when it arrived; several lines may be about the same one.</summary>
    private static void AddArrival(List<DeliveryLogEntry> steps, DeliveryLogEntry of, DateTimeOffset? receivedAt, DateTimeOffset? queuedAt)
    {
        Add(steps, of, EventStep.Accepted, receivedAt);
        Add(steps, of, EventStep.Queued, queuedAt);
    }

    private static void Add(List<DeliveryLogEntry> steps, DeliveryLogEntry of, EventStep step, DateTimeOffset? at)
    {
        if (at is { } time)
        {
            steps.Add(new DeliveryLogEntry { At = time, EventId = of.EventId, Kind = of.Kind, Lane = of.Lane, Step = step });
        }
    }

    private static DeliveryLogEntry StepOf(string eventId, QueuedMessage message, EventStep step, DateTimeOffset at) =>
        new() { At = at, EventId = eventId, Kind = message.Kind, Lane = message.Lane, Step = step };
}
