using System.Globalization;
using System.Text.Json.Serialization;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>What one pass of replay did.</summary>
internal sealed record ReplayBody(
    int Replayed,
    IReadOnlyList<string> NotFound,
    bool More,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Scanned,
    IReadOnlyList<PassWarning> Warnings)
{
    public static ReplayBody Of(DeadLetterPass pass, bool asOfNow) => new(
        pass.Done,
        pass.NotFound,
        pass.More,
        pass.Scanned,
        [.. PassWarning.Of(pass), .. pass.Identifies > 0 && !asOfNow ? [PassWarning.OldIdentifies(pass.Identifies)] : Array.Empty<PassWarning>()]);
}

/// <summary>What one pass of discard did.</summary>
internal sealed record DiscardBody(
    int Discarded,
    IReadOnlyList<string> NotFound,
    bool More,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Scanned,
    IReadOnlyList<PassWarning> Warnings)
{
    public static DiscardBody Of(DeadLetterPass pass) => new(pass.Done, pass.NotFound, pass.More, pass.Scanned, [.. PassWarning.Of(pass)]);
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
