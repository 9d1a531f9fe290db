using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>A page of deliveries.</summary>
internal sealed record DeliveriesBody(IReadOnlyList<DeliveryBody> Items, string? Next)
{
    public static DeliveriesBody Of(DeliveryLogPage page) => new([.. page.Items.Select(DeliveryBody.Of)], page.Next);
}

/// <summary>What became of one event in one pass.</summary>
internal sealed record DeliveryBody(
    DateTimeOffset At,
    string EventId,
    string Kind,
    string Lane,
    string? Outcome,
    string? Reason,
    int Attempts,
    int? HttpStatus,
    double DurationMs)
{
    public static DeliveryBody Of(DeliveryLogEntry entry) => new(
        entry.At,
        entry.EventId,
        entry.Kind.ToCode(),
        entry.Lane.ToCode(),
        entry.Outcome?.ToCode(),
        entry.Reason,
        entry.Attempts,
        entry.HttpStatus,
        Math.Round(entry.Duration.TotalMilliseconds, 1));
}

/// <summary>The story of one event, oldest step first.</summary>
internal sealed record EventStoryBody(string EventId, string Kind, IReadOnlyList<EventStepBody> Steps)
{
    /// <param name="story">What the log knows.</param>
    /// <param name="failing">What was tried last, while the event waits to be tried again; null when it does not.</param>
    public static EventStoryBody Of(EventStory story, FailingEvent? failing)
    {
        IEnumerable<EventStepBody> steps = story.Steps.Select(EventStepBody.Of);
        return new(story.EventId, story.Kind.ToCode(), [.. failing is null ? steps : steps.Append(EventStepBody.Of(failing))]);
    }
}

/// <summary>One step of it.</summary>
internal sealed record EventStepBody(
    DateTimeOffset At,
    string Step,
    string? Outcome,
    string? Reason,
    int? HttpStatus,
    double? DurationMs,
    DateTimeOffset? NextTryAt,
    IReadOnlyList<LoggedWarning> Warnings)
{
    public static EventStepBody Of(DeliveryLogEntry entry) => new(
        entry.At,
        entry.Step.ToCode(),
        entry.Outcome?.ToCode(),
        entry.Reason,
        entry.HttpStatus,
        entry.Step == EventStep.Delivery ? Math.Round(entry.Duration.TotalMilliseconds, 1) : null,
        null,
        entry.Warnings);

    /// <summary>A call failed and is made again: the step <c>tried</c>, which no log holds.</summary>
    public static EventStepBody Of(FailingEvent failing) => new(failing.At, "tried", null, failing.Code, failing.HttpStatus, null, failing.NextTryAt, []);
}
