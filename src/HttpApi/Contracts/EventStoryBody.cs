using CustomerIoDestination.Model;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>The story of one event, oldest step first.</summary>
internal sealed record EventStoryBody(string EventId, string Kind, IReadOnlyList<EventStepBody> Steps)
{
    public static EventStoryBody Of(EventStory story) => new(story.EventId, story.Kind.ToCode(), [.. story.Steps.Select(EventStepBody.Of)]);
}

/// <summary>One step of it.</summary>
internal sealed record EventStepBody(DateTimeOffset At, string Step, string? Outcome, string? Reason, int? HttpStatus)
{
    public static EventStepBody Of(DeliveryLogEntry entry) => new(entry.At, entry.Step.ToCode(), entry.Outcome?.ToCode(), entry.Reason, entry.HttpStatus);
}
