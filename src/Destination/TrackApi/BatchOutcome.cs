using System.Diagnostics;

namespace CustomerIoDestination.TrackApi;

/// <summary>What one <c>/api/v2/batch</c> request came to.</summary>
internal abstract record BatchOutcome
{
    private BatchOutcome()
    {
    }

    /// <summary>Each item is known by itself.</summary>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Errors">Errors, each with an index into the batch; the items they name are rejected.</param>
    /// <param name="RestTaken">Whether the other items were taken (2xx); if not (400), they must be sent again.</param>
    public sealed record Itemised(int Status, IReadOnlyList<AnswerError> Errors, bool RestTaken) : BatchOutcome;

    /// <summary>Something in it is refused and the answer does not say what: halve it until the guilty item stands alone.</summary>
    public sealed record Split(int Status, AnswerError Error) : BatchOutcome;

    /// <summary>The same for all items: they could not be taken now, or nothing can.</summary>
    public sealed record Whole(DeliveryOutcome Outcome) : BatchOutcome;

    /// <summary>Reads what an answer says about the items of a batch of so many: only <see cref="TrackApiAnswer.Taken"/> and <see cref="TrackApiAnswer.Refused"/> do.</summary>
    public static BatchOutcome Of(TrackApiAnswer answer, int items) => answer switch
    {
        TrackApiAnswer.Taken taken when taken.Errors.All(error => IsInside(error, items)) => new Itemised(taken.Status, taken.Errors, RestTaken: true),
        TrackApiAnswer.Taken taken => new Split(taken.Status, taken.Errors.First(error => !IsInside(error, items))),
        TrackApiAnswer.Refused refused when refused.Errors.All(error => IsInside(error, items)) => new Itemised(refused.Status, refused.Errors, RestTaken: false),
        TrackApiAnswer.Refused refused => new Split(refused.Status, refused.Errors.First(error => !IsInside(error, items))),
        _ => throw new UnreachableException(),
    };

    private static bool IsInside(AnswerError error, int items) => error.Index is { } index && index >= 0 && index < items;
}
