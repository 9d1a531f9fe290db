using System.Text.Json;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>
/// Which dead letters a replay or discard is about. Strict on purpose: a misspelt member beside <c>all</c> would otherwise discard
/// everything.
/// </summary>
internal sealed record SelectionBody(IReadOnlyList<string?>? Ids = null, string? Reason = null, bool? All = null, bool? AsOfNow = null, string? Bound = null)
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

        DeadLetterRun run = default;
        return body is null || (body.AsOfNow is not null && !mayBeAsOfNow) || (body.Bound is not null && !DeadLetterRun.TryParse(body.Bound, out run))
            ? SelectionResult.Refused(ApiErrors.InvalidSelection)
            : body.ToSelection(body.Bound is null ? null : run, isReplay: mayBeAsOfNow);
    }

    private SelectionResult ToSelection(DeadLetterRun? run, bool isReplay) => (Ids, Reason, All) switch
    {
        // Takes nothing: what became of a run is asked for.
        (null, null, null) when run is not null && isReplay => Selected(new DeadLetterSelection.Ids([]), run),
        ({ Count: >= 1 and <= MaxIds } ids, null, null) when ids.All(id => !string.IsNullOrEmpty(id)) => Selected(new DeadLetterSelection.Ids([.. ids!]), run),
        (null, { } code, null) when Codes.Parse<DeadLetterReason>(code) is { } reason => Selected(new DeadLetterSelection.OfReason(reason), run),
        (null, not null, null) => SelectionResult.Refused(ApiErrors.UnknownReason("one of " + string.Join(", ", Codes.Of<DeadLetterReason>()))),
        (null, null, true) => Selected(new DeadLetterSelection.All(), run),
        _ => SelectionResult.Refused(ApiErrors.InvalidSelection),
    };

    private SelectionResult Selected(DeadLetterSelection selection, DeadLetterRun? run) => new(selection, AsOfNow ?? false, run, Refusal: null);
}

/// <summary>A selection and the run it goes on with (null begins one), or why there is none.</summary>
internal readonly record struct SelectionResult(DeadLetterSelection? Selection, bool AsOfNow, DeadLetterRun? Run, ApiError? Refusal)
{
    public static SelectionResult Refused(ApiError refusal) => new(Selection: null, AsOfNow: false, Run: null, refusal);
}
