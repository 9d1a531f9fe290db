using System.Text.Json;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.People;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Delivery.Sending;

/// <summary>
/// Maps an event, asks whether its person's events may go, and writes what is to be sent for it. Never throws because of the event: one that is no JSON or
/// can't be delivered has its end at once, and one whose mapping breaks with an exception says so (<see cref="PendingEvent.MappingFailure"/>), because that
/// may be this deployment's fault and not the event's.
/// </summary>
internal sealed partial class EventPreparation(EnvelopeMapper mapper, PersonMemory people, DeliverySettings settings, ILogger<EventPreparation> logger)
{
    /// <summary>Prepares the event: afterwards it has its end, its mapping failure, its item or its requests.</summary>
    /// <exception cref="Ports.UnavailableException">What is remembered of people can't be asked.</exception>
    public async ValueTask PrepareAsync(PendingEvent pending, CancellationToken cancellationToken)
    {
        if (Map(pending) is not { } result)
        {
            return;
        }

        (PersonVerdict verdict, pending.Question) = await people.AskAsync(result, pending.Envelope, cancellationToken);
        result = PersonRule.Apply(verdict, result);
        pending.Warnings = result.Warnings;
        switch (result)
        {
            case MappingResult.Skipped skipped:
                pending.End = new Settlement.Complete(skipped.Reason);
                break;
            case MappingResult.Invalid invalid:
                pending.End = new Settlement.DeadLetter(invalid.Problems[0].Reason, string.Join("; ", invalid.Problems.Select(problem => $"{problem.Field}: {problem.Message}")));
                break;
            case MappingResult.Mapped mapped:
                pending.RepeatAfter = mapped.RepeatAfter;
                Write(pending, mapped.Operations);
                break;
        }
    }

    /// <summary>
    /// Asks again about an event that is to be sent again: its person may have been forgotten while it waited. One that is sent alone is prepared anew; one that
    /// stands among others may only end.
    /// </summary>
    /// <exception cref="Ports.UnavailableException">What is remembered of people can't be asked.</exception>
    public async ValueTask ReconsiderAsync(PendingEvent pending, bool isAlone, CancellationToken cancellationToken)
    {
        if (pending.MappingFailure is not null || await people.IsIdleAsync(cancellationToken))
        {
            return;
        }

        if (isAlone)
        {
            pending.Reset();
            await PrepareAsync(pending, cancellationToken);
            pending.Compact();
            return;
        }

        using EventScope scope = EventScope.Rent();
        (PersonVerdict verdict, _) = await people.AskAsync(mapper.Map(pending.Envelope, scope), pending.Envelope, cancellationToken);
        pending.End = verdict is PersonVerdict.Skip skip ? new Settlement.Complete(skip.Reason) : null;
    }

    private MappingResult? Map(PendingEvent pending)
    {
        try
        {
            return mapper.Map(pending.Envelope, pending.Scope);
        }
        catch (JsonException exception)
        {
            Log.MappingFailed(logger, pending.Envelope.EventId, exception.GetType().Name);
            pending.End = new Settlement.DeadLetter(DeadLetterReason.Unreadable, $"the event can't be mapped ({exception.GetType().Name})");
        }
#pragma warning disable CA1031 // One event's trouble must not stop its partition; the message may quote the event, so only the type is told.
        catch (Exception exception) when (exception is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            Log.MappingFailed(logger, pending.Envelope.EventId, exception.GetType().Name);
            pending.MappingFailure = new Settlement.DeadLetter(DeadLetterReason.InvalidEvent, $"the event can't be mapped ({exception.GetType().Name})");
        }

        return null;
    }

    private void Write(PendingEvent pending, IReadOnlyList<TrackApiOperation> operations)
    {
        if (settings.Mode == DeliveryMode.Batch && operations is [{ } only]
            && BatchItem.TryWrite(only, settings.BatchAnonymous, pending.Scope.Output, out ReadOnlyMemory<byte> item)
            && item.Length <= TrackApiLimits.BatchItemBytes)
        {
            pending.Item = item;
            return;
        }

        TrackApiRequest[] requests = new TrackApiRequest[operations.Count];
        for (int i = 0; i < requests.Length; i++)
        {
            requests[i] = SingleRequest.Write(operations[i], pending.Scope.Output);
        }

        pending.Requests = requests;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Event {EventId} could not be mapped: {ExceptionType}.")]
        public static partial void MappingFailed(ILogger logger, string eventId, string exceptionType);
    }
}
