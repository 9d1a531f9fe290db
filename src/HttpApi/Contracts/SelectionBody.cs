using System.Text.Json;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>
/// Which dead letters a replay or discard is about. Strict on purpose: a misspelt member beside <c>all</c> would otherwise discard
/// everything.
/// </summary>
internal sealed record SelectionBody(IReadOnlyList<string?>? Ids = null, string? Reason = null, bool? All = null, bool? AsOfNow = null)
{
    /// <summary>The most ids one request may name: as many as one pass works on.</summary>
    public const int MaxIds = DeadLetterPass.MaxMessages;

    public static SelectionResult Read(ReadOnlySpan<byte> json, bool mayBeAsOfNow)
    {
        SelectionBody? body;
        try
        {
            body = JsonSerializer.Deserialize(json, ApiJson.Default.SelectionBody);
        }
        catch (JsonException)
        {
            return SelectionResult.Refused(ApiErrors.InvalidSelection);
        }

        return body is null || (body.AsOfNow is not null && !mayBeAsOfNow) ? SelectionResult.Refused(ApiErrors.InvalidSelection) : body.ToSelection();
    }

    private SelectionResult ToSelection() => (Ids, Reason, All) switch
    {
        ({ Count: >= 1 and <= MaxIds } ids, null, null) when ids.All(id => !string.IsNullOrEmpty(id)) => Selected(new DeadLetterSelection.Ids([.. ids!])),
        (null, { } code, null) when Codes.Parse<DeadLetterReason>(code) is { } reason => Selected(new DeadLetterSelection.OfReason(reason)),
        (null, not null, null) => SelectionResult.Refused(ApiErrors.UnknownReason("one of " + string.Join(", ", Codes.Of<DeadLetterReason>()))),
        (null, null, true) => Selected(new DeadLetterSelection.All()),
        _ => SelectionResult.Refused(ApiErrors.InvalidSelection),
    };

    private SelectionResult Selected(DeadLetterSelection selection) => new(selection, AsOfNow ?? false, Refusal: null);
}

/// <summary>A selection, or why there is none.</summary>
internal readonly record struct SelectionResult(DeadLetterSelection? Selection, bool AsOfNow, ApiError? Refusal)
{
    public static SelectionResult Refused(ApiError refusal) => new(Selection: null, AsOfNow: false, refusal);
}
