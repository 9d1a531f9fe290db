using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>A page of dead letters, oldest first.</summary>
internal sealed record DeadLettersBody(IReadOnlyList<DeadLetterBody> Items, string? Next)
{
    public static DeadLettersBody Of(DeadLetterPage page) => new([.. page.Items.Select(DeadLetterBody.Of)], page.Next);
}

/// <summary>One dead letter without its event.</summary>
internal sealed record DeadLetterBody(
    string Id,
    string EventId,
    string Kind,
    string Reason,
    string Description,
    DateTimeOffset DeadLetteredAt,
    DateTimeOffset? EventTime,
    int Attempts,
    DateTimeOffset FirstFailedAt)
{
    public static DeadLetterBody Of(DeadLetter letter) => new(
        letter.Id,
        letter.EventId,
        letter.Kind,
        letter.Reason.ToCode(),
        letter.Description,
        letter.DeadLetteredAt,
        letter.EventTime,
        letter.Attempts,
        letter.FirstFailedAt);
}
