using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.Model;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>
/// What one pass of replay did; and of the whole run, which <c>bound</c> names, what became of its events as far as is known: what the queue does not tell
/// is left out.
/// </summary>
internal sealed record ReplayBody(
    int Replayed,
    IReadOnlyList<string> NotFound,
    bool More,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Scanned,
    IReadOnlyList<PassWarning> Warnings,
    string Bound,
    IReadOnlyDictionary<string, long> CameBack,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Delivered,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Skipped,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Waiting)
{
    public static ReplayBody Of(DeadLetterPass pass, ReplayResult result, bool asOfNow) => new(
        pass.Done,
        pass.NotFound,
        pass.More,
        pass.Scanned,
        [.. PassWarning.Of(pass), .. pass.Identifies > 0 && !asOfNow ? [PassWarning.OldIdentifies(pass.Identifies)] : Array.Empty<PassWarning>()],
        pass.Run.ToString(),
        result.CameBack.ToDictionary(one => one.Key.ToCode(), one => one.Value, StringComparer.Ordinal),
        result.Delivered,
        result.Skipped,
        result.Waiting);
}

/// <summary>What one pass of discard did.</summary>
internal sealed record DiscardBody(
    int Discarded,
    IReadOnlyList<string> NotFound,
    bool More,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Scanned,
    IReadOnlyList<PassWarning> Warnings,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Bound)
{
    public static DiscardBody Of(DeadLetterPass pass) => new(
        pass.Done, pass.NotFound, pass.More, pass.Scanned, [.. PassWarning.Of(pass)], pass.More ? pass.Run.ToString() : null);
}

/// <summary>What an operator should know about a pass.</summary>
internal sealed record PassWarning(string Code, string Message)
{
    private static readonly PassWarning Held = new(
        "held_elsewhere",
        "Another pass held some of the dead letters: they were passed over. Repeat the call after a moment.");

    public static IEnumerable<PassWarning> Of(DeadLetterPass pass) => pass.Contended ? [Held] : [];

    public static IEnumerable<PassWarning> Of(PersonName person) => person switch
    {
        { Email: null } => [new("only_id", "Only the id was given: what names the person by the e-mail alone was not looked for. Give both.")],
        { Id: null } => [new("only_email", "Only the e-mail was given: what names the person by the id alone was not looked for. Give both.")],
        _ => [],
    };

    public static IEnumerable<PassWarning> Of(ForgettingReceipt receipt)
    {
        if (receipt.Left > 0)
        {
            yield return new PassWarning("dropped_in_turn", string.Create(
                CultureInfo.InvariantCulture, $"{receipt.Left} of the person's events were found on the queue, which gives each out in its turn: they are dropped then, and not sent."));
        }

        if (receipt.More)
        {
            yield return new PassWarning("more_left", "Not everything was looked at in one pass: repeat the call to remove more. None of the person's events is sent in any case.");
        }
    }

    public static PassWarning OldIdentifies(int count) => new(
        "identify_may_be_outdated",
        string.Create(
            CultureInfo.InvariantCulture,
            $"{count} of the replayed events are identifies. Customer.io ignores one that is older than the person's last change; replay with \"asOfNow\": true to make it count."));
}

/// <summary>
/// Which dead letters a replay or discard is about. Strict on purpose: a misspelt member beside <c>all</c> would otherwise discard
/// everything.
/// </summary>
internal sealed record SelectionBody(IReadOnlyList<string?>? Ids = null, string? Reason = null, bool? All = null, bool? AsOfNow = null, string? Bound = null)
{
    /// <summary>The most ids one request may name: as many as one pass works on.</summary>
    public const int MaxIds = DeadLetterPass.MaxMessages;

    private const string NoObject = "the body is no JSON object";

    public static SelectionResult Read(ReadOnlySpan<byte> json, bool mayBeAsOfNow)
    {
        SelectionBody? body;
        try
        {
            body = JsonSerializer.Deserialize(json, ApiJson.Default.SelectionBody);
        }
        catch (JsonException)
        {
            return Refused(WhyUnread(json.ToArray()));
        }

        DeadLetterRun run = default;
        return body switch
        {
            null => Refused(NoObject),
            { AsOfNow: not null } when !mayBeAsOfNow => Refused("a discard takes no \"asOfNow\""),
            { Bound: { } bound } when !DeadLetterRun.TryParse(bound, out run) => Refused("\"bound\" is none that an earlier answer gave"),
            _ => body.ToSelection(body.Bound is null ? null : run, isReplay: mayBeAsOfNow),
        };
    }

    private SelectionResult ToSelection(DeadLetterRun? run, bool isReplay) => (Ids, Reason, All) switch
    {
        // Takes nothing: what became of a run is asked for.
        (null, null, null) when run is not null && isReplay => Selected(new DeadLetterSelection.Ids([]), run),
        ({ Count: >= 1 and <= MaxIds } ids, null, null) when ids.All(id => !string.IsNullOrEmpty(id)) => Selected(new DeadLetterSelection.Ids([.. ids!]), run),
        (null, { } code, null) when Codes.Parse<DeadLetterReason>(code) is { } reason => Selected(new DeadLetterSelection.OfReason(reason), run),
        (null, not null, null) => SelectionResult.Refused(ApiErrors.UnknownReason("one of " + string.Join(", ", Codes.Of<DeadLetterReason>()))),
        (null, null, true) => Selected(new DeadLetterSelection.All(), run),
        ({ Count: 0 }, null, null) => Refused("\"ids\" is empty"),
        ({ Count: > MaxIds and var count }, null, null) => Refused(string.Create(CultureInfo.InvariantCulture, $"\"ids\" has {count}, and one request takes {MaxIds} at most; send several")),
        (not null, null, null) => Refused("an id is empty or null"),
        (null, null, false) => Refused("\"all\" is false"),
        (null, null, null) => Refused("none of the three is there"),
        _ => Refused("more than one of the three is there"),
    };

    /// <summary>What keeps a body from being a selection at all. Names no member that is none: it may be anything.</summary>
    private static string WhyUnread(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? WhyUnread([.. document.RootElement.EnumerateObject()]) : NoObject;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return NoObject;
        }
    }

    private static string WhyUnread(JsonProperty[] members)
    {
        string? mistaken = members.Where(static member => member.Value.ValueKind != JsonValueKind.Null).Select(static member => member.Name switch
        {
            "ids" when member.Value.ValueKind != JsonValueKind.Array || member.Value.EnumerateArray().Any(static id => id.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) =>
                "\"ids\" must be a list of texts",
            "reason" or "bound" when member.Value.ValueKind != JsonValueKind.String => $"\"{member.Name}\" must be a text",
            "all" or "asOfNow" when member.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False) => $"\"{member.Name}\" must be true",
            "ids" or "reason" or "all" or "asOfNow" or "bound" => null,
            _ => "a member is none of ids, reason, all, asOfNow and bound",
        }).OfType<string>().FirstOrDefault();
        return mistaken
            ?? (members.DistinctBy(static member => member.Name).Count() < members.Length ? "a member is there twice" : "a text in it is none, or a member is none of ids, reason, all, asOfNow and bound");
    }

    private static SelectionResult Refused(string problem) => SelectionResult.Refused(ApiErrors.InvalidSelection(problem));

    private SelectionResult Selected(DeadLetterSelection selection, DeadLetterRun? run) => new(selection, AsOfNow ?? false, run, Refusal: null);
}

/// <summary>A selection and the run it goes on with (null begins one), or why there is none.</summary>
internal readonly record struct SelectionResult(DeadLetterSelection? Selection, bool AsOfNow, DeadLetterRun? Run, ApiError? Refusal)
{
    public static SelectionResult Refused(ApiError refusal) => new(Selection: null, AsOfNow: false, Run: null, refusal);
}
