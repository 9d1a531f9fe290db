using System.Text;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Settings;

/// <summary>Which identifier names a person at Customer.io.</summary>
public enum PersonIdentifierChoice
{
    /// <summary>The user id, else the e-mail: for workspaces that identify people by both.</summary>
    Auto,

    /// <summary>The user id only: for workspaces that identify people by id.</summary>
    Id,

    /// <summary>The e-mail if known, else the user id: for workspaces that identify people by e-mail.</summary>
    Email,
}

/// <summary>What becomes of an identify that names neither a user nor an e-mail.</summary>
public enum UnidentifiedIdentifyChoice
{
    /// <summary>It is skipped and counted: Customer.io keeps no attributes of anonymous people.</summary>
    Skip,

    /// <summary>It becomes a dead letter, for those who want to see each.</summary>
    DeadLetter,
}

/// <summary>
/// What becomes of an event of a known person without an e-mail: none in the event, and none in an identify that came here. Of a person nothing is
/// known of at first, and again 30 days after the last event.
/// </summary>
public enum WithoutEmailChoice
{
    /// <summary>It is sent like any other.</summary>
    Send,

    /// <summary>It is skipped and counted: people who can't be mailed are paid for all the same.</summary>
    Skip,

    /// <summary>It becomes a dead letter.</summary>
    DeadLetter,

    /// <summary>As <see cref="Skip"/>, also while nothing is known of the person.</summary>
    SkipUnlessKnown,

    /// <summary>As <see cref="DeadLetter"/>, also while nothing is known of the person.</summary>
    DeadLetterUnlessKnown,
}

/// <summary>What an identify that came with a write key may say of a person: whoever reads the key out of a page may send one.</summary>
public enum BrowserIdentifyChoice
{
    /// <summary>
    /// Attributes, but for those that decide whom messages reach and who somebody is: <c>email</c> where it does not itself name the person, <c>id</c>,
    /// <c>created_at</c>, subscriptions and relationships.
    /// </summary>
    NoEmailChange,

    /// <summary>All that a server's may.</summary>
    Full,

    /// <summary>Nothing: it is skipped and counted.</summary>
    Off,
}

/// <summary>How events become Track API requests.</summary>
public sealed record MappingSettings
{
    /// <summary>Which identifier names a person.</summary>
    public PersonIdentifierChoice PersonIdentifier { get; init; } = PersonIdentifierChoice.Auto;

    /// <summary>Whether ISO 8601 text in attributes and data becomes Unix seconds.</summary>
    public bool ConvertDates { get; init; }

    /// <summary>Whether a null trait is sent (it clears the attribute) or left out.</summary>
    public bool SendNulls { get; init; } = true;

    /// <summary>Whether an identify carries <c>anonymous_id</c>, so that Customer.io merges the device's anonymous events.</summary>
    public bool AnonymousId { get; init; } = true;

    /// <summary>Whether <c>properties.email</c> of a track, page or screen names the person: it may be somebody else's.</summary>
    public bool EmailFromProperties { get; init; }

    /// <summary>The words that senders write where they have no identifier: as user id, device id or previous id they would merge strangers.</summary>
    public PlaceholderIdentifiers PlaceholderIdentifiers { get; init; } = PlaceholderIdentifiers.Default;

    /// <summary>The property whose ULID becomes the event id; null for none.</summary>
    public string? EventIdProperty { get; init; }

    /// <summary>What becomes of an identify without user id and e-mail.</summary>
    public UnidentifiedIdentifyChoice UnidentifiedIdentify { get; init; } = UnidentifiedIdentifyChoice.Skip;

    /// <summary>Whether an identify may create a person; off, it carries <c>_update: true</c>.</summary>
    public bool MayCreatePeople { get; init; } = true;

    /// <summary>Whether an event may create a person; off, only events of people go of whom an identify was delivered here within 30 days.</summary>
    public bool EventsMayCreatePeople { get; init; } = true;

    /// <summary>What becomes of events of people without an e-mail.</summary>
    public WithoutEmailChoice WithoutEmail { get; init; } = WithoutEmailChoice.Send;

    /// <summary>The type of the objects that groups become, where the event names none.</summary>
    public string ObjectTypeId { get; init; } = "1";

    /// <summary>What an identify from a browser may say.</summary>
    [SettingName("Ingest__BrowserIdentify")]
    public BrowserIdentifyChoice BrowserIdentify { get; init; } = BrowserIdentifyChoice.NoEmailChange;

    /// <summary>Whether an anonymous event that comes too late to be merged goes to the person whose the device is.</summary>
    public bool ClaimAnonymous { get; init; }

    /// <summary>
    /// How long after a merge that was delivered it is sent once more; null for never. Customer.io takes a merge into somebody who was made a moment before with
    /// 200, and does nothing (https://docs.customer.io/integrations/api/track/).
    /// </summary>
    [TimeSpanWithin("00:00:01", "1.00:00:00")]
    public TimeSpan? RepeatMergeAfter { get; init; }

    /// <summary>The longest <see cref="RepeatMergeAfter"/>: a day.</summary>
    public static TimeSpan LongestRepeat { get; } = TimeSpan.FromDays(1);

    /// <summary>Whether it must be remembered of whom an identify was delivered.</summary>
    public bool RemembersPeople => !EventsMayCreatePeople || WithoutEmail != WithoutEmailChoice.Send;

    /// <summary>Whether every identify counts as of now: <c>_timestamp</c> is left out.</summary>
    public bool AsOfNow { get; init; }
}

/// <summary>
/// Words that stand for "no identifier": <c>undefined</c>, <c>null</c>, <c>guest</c> and the like, in any case. As identifiers they would merge strangers into
/// one person, which can't be undone.
/// </summary>
public sealed class PlaceholderIdentifiers
{
    private readonly string[] _words;
    private readonly byte[][] _encoded;
    private readonly ulong _lengths;
    private readonly bool _zeros;

    private PlaceholderIdentifiers(string[] words, bool zeros)
    {
        _words = words;
        _encoded = [.. words.Select(Encoding.UTF8.GetBytes)];
        _lengths = _encoded.Aggregate(0UL, (lengths, word) => lengths | (1UL << Math.Min(word.Length, 63)));
        _zeros = zeros;
    }

    /// <summary>The usual ones, and besides them every text of zeros and dashes alone (the all-zero device).</summary>
    public static PlaceholderIdentifiers Default { get; } = new(
        ["undefined", "null", "none", "nil", "nan", "(null)", "[object object]", "anonymous", "guest", "unknown", "n/a", "true", "false", "0", "-1"], zeros: true);

    /// <summary>The words of a list with commas between, instead of the usual ones; empty for none.</summary>
    public static PlaceholderIdentifiers Of(string list) =>
        new(list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), zeros: false);

    /// <summary>The words, with commas between.</summary>
    public override string ToString() => string.Join(", ", _words);

    /// <summary>Whether an identifier stands for none; white space around it and case do not count.</summary>
    internal bool Matches(Utf8Text identifier)
    {
        ReadOnlySpan<byte> text = Utf8Scan.Trim(identifier).Span;
        if ((_lengths & (1UL << Math.Min(text.Length, 63))) != 0)
        {
            foreach (byte[] word in _encoded)
            {
                if (Ascii.EqualsIgnoreCase(text, word) || text.SequenceEqual(word))
                {
                    return true;
                }
            }
        }

        return _zeros && !text.IsEmpty && text.IndexOfAnyExcept((byte)'0', (byte)'-') < 0;
    }
}
