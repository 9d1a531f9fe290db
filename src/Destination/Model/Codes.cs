using System.Collections.Frozen;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace CustomerIoDestination.Model;

/// <summary>How a member of a closed set is called on the wire, in stored rows, in logs and metrics. It stays what it is when the member is renamed.</summary>
/// <param name="code">The code.</param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class CodeAttribute(string code) : Attribute
{
    /// <summary>The code.</summary>
    public string Code { get; } = code;
}

/// <summary>Turns members of closed sets into their codes (<see cref="CodeAttribute"/>) and back.</summary>
public static class Codes
{
    /// <summary>The code of a member, for instance <c>limit_exceeded</c>.</summary>
    public static string ToCode<T>(this T value)
        where T : struct, Enum => Table<T>.CodeOf(value);

    /// <summary>The member of a code; null when this version knows none. What is stored may have been written by another version.</summary>
    /// <param name="code">The code; null is none.</param>
    /// <param name="ignoreCase">Whether another case will do, for what people type and what early versions stored.</param>
    public static T? Parse<T>(string? code, bool ignoreCase = false)
        where T : struct, Enum =>
        code is not null && (ignoreCase ? Table<T>.ByAnyCase : Table<T>.ByCode).TryGetValue(code, out T value) ? value : null;

    /// <summary>All codes of a set, in the order of its members.</summary>
    public static IReadOnlyList<string> Of<T>()
        where T : struct, Enum => Table<T>.All;

    private static class Table<T>
        where T : struct, Enum
    {
        public static readonly string[] All = [.. Enum.GetValues<T>().Select(Read)];

        public static readonly FrozenDictionary<string, T> ByCode = Enum.GetValues<T>().ToFrozenDictionary(Read, StringComparer.Ordinal);

        public static readonly FrozenDictionary<string, T> ByAnyCase = Enum.GetValues<T>().ToFrozenDictionary(Read, StringComparer.OrdinalIgnoreCase);

        // Members are numbered from zero, as they stand.
        public static string CodeOf(T value) => Unsafe.BitCast<T, int>(value) is var index && index >= 0 && index < All.Length ? All[index] : throw new UnreachableException();

        private static string Read(T value) =>
            typeof(T).GetField(value.ToString())?.GetCustomAttribute<CodeAttribute>()?.Code
            ?? throw new InvalidOperationException($"{typeof(T).Name}.{value} has no code");
    }
}

/// <summary>Why an event is not sent on purpose. A closed set; the codes are part of the API.</summary>
public enum SkipReason
{
    /// <summary>A type this product does not deliver.</summary>
    [Code("unsupported_type")]
    UnsupportedType,

    /// <summary>The rules do not enable it.</summary>
    [Code("not_enabled")]
    NotEnabled,

    /// <summary>A rule took it out.</summary>
    [Code("filtered")]
    Filtered,

    /// <summary>Its <c>integrations</c> exclude Customer.io.</summary>
    [Code("opted_out")]
    OptedOut,

    /// <summary>An identify for a device only; Customer.io keeps no attributes of anonymous people.</summary>
    [Code("unidentified")]
    Unidentified,

    /// <summary>The person has no e-mail and the settings leave such people out.</summary>
    [Code("no_email")]
    NoEmail,

    /// <summary>The person was deleted, suppressed or forgotten, and the event was received before that or within the window after it.</summary>
    [Code("forgotten")]
    Forgotten,

    /// <summary>No identify of the person was delivered here, and the settings let no event create people.</summary>
    [Code("unknown_person")]
    UnknownPerson,
}

/// <summary>Why an event is a dead letter. A closed set; the codes are part of the API.</summary>
public enum DeadLetterReason
{
    /// <summary><c>limit_exceeded</c>: over one of Customer.io's limits; nothing was sent.</summary>
    [Code("limit_exceeded")]
    LimitExceeded,

    /// <summary><c>missing_identifier</c>: neither user id, e-mail nor device id.</summary>
    [Code("missing_identifier")]
    MissingIdentifier,

    /// <summary><c>unidentified</c>: an identify for a device only, where the settings ask to see these.</summary>
    [Code("unidentified")]
    Unidentified,

    /// <summary><c>invalid_event</c>: no Track API request can be made of it.</summary>
    [Code("invalid_event")]
    InvalidEvent,

    /// <summary><c>unreadable</c>: the queue message holds no readable event.</summary>
    [Code("unreadable")]
    Unreadable,

    /// <summary><c>rejected_by_customerio</c>: Customer.io refused it for good.</summary>
    [Code("rejected_by_customerio")]
    RejectedByCustomerIo,

    /// <summary><c>undeliverable</c>: it alone fails again and again while others are delivered.</summary>
    [Code("undeliverable")]
    Undeliverable,

    /// <summary><c>expired</c>: the retry window ended.</summary>
    [Code("expired")]
    Expired,

    /// <summary><c>no_email</c>: the person has no e-mail, where the settings ask to see these.</summary>
    [Code("no_email")]
    NoEmail,

    /// <summary><c>ttl_expired</c>: the broker's time to live ended before it could be delivered.</summary>
    [Code("ttl_expired")]
    TtlExpired,

    /// <summary><c>delivery_count</c>: the broker handed it out too often without an end (crashes, lost locks).</summary>
    [Code("delivery_count")]
    DeliveryCount,
}

/// <summary>What the product tells about an event that it read otherwise than it stands there, or sent otherwise. A closed set; the codes are part of the API.</summary>
public enum WarningCode
{
    /// <summary>What mail programs and spreadsheets put around an e-mail address was taken off.</summary>
    [Code("email_cleaned")]
    EmailCleaned,

    /// <summary>An e-mail is blank or no text; it was left out.</summary>
    [Code("email_unreadable")]
    EmailUnreadable,

    /// <summary>An e-mail is a text that is no address; it is sent as attribute and names nobody.</summary>
    [Code("email_unusual")]
    EmailUnusual,

    /// <summary>An identifier is a word that stands for none; it counts as absent.</summary>
    [Code("identifier_placeholder")]
    IdentifierPlaceholder,

    /// <summary>The user id was found in the traits, because there is none at the top.</summary>
    [Code("user_id_in_traits")]
    UserIdInTraits,

    /// <summary>The user id starts with <c>cio_</c>: Customer.io reads it as its own id and silently drops unknown ones.</summary>
    [Code("customerio_id")]
    CustomerIoId,

    /// <summary>The trait <c>id</c> differs from the user id; the user id is sent.</summary>
    [Code("id_differs")]
    IdDiffers,

    /// <summary>An object came inside a text and was read.</summary>
    [Code("read_from_text")]
    ReadFromText,

    /// <summary><c>properties</c> is no object; the event goes without.</summary>
    [Code("properties_unreadable")]
    PropertiesUnreadable,

    /// <summary><c>traits</c> or <c>$user_props</c> is no object; the event goes without.</summary>
    [Code("traits_unreadable")]
    TraitsUnreadable,

    /// <summary><c>context</c> is no object; the event goes without.</summary>
    [Code("context_unreadable")]
    ContextUnreadable,

    /// <summary>An identify's properties, or the traits of an event that is no identify and no group, were left out.</summary>
    [Code("facts_left_out")]
    FactsLeftOut,

    /// <summary>Built-in facts about a person were left out, as no rule names them.</summary>
    [Code("built_in_left_out")]
    BuiltInLeftOut,

    /// <summary>An identify tells identifiers and time only.</summary>
    [Code("identify_without_facts")]
    IdentifyWithoutFacts,

    /// <summary>An attribute with a blank name was left out.</summary>
    [Code("name_blank")]
    NameBlank,

    /// <summary>An event's name was cut to its limit.</summary>
    [Code("name_cut")]
    NameCut,

    /// <summary>A page's name lost its query, its fragment or its end to fit its limit.</summary>
    [Code("page_name_cut")]
    PageNameCut,

    /// <summary>An attribute whose name or value is too long was left out.</summary>
    [Code("attribute_dropped")]
    AttributeDropped,

    /// <summary>An attribute's text is too long and was cut to its limit.</summary>
    [Code("attribute_cut")]
    AttributeCut,

    /// <summary>Attributes beyond the most an identify may have were left out.</summary>
    [Code("attributes_dropped")]
    AttributesDropped,

    /// <summary>An attribute with a name of Customer.io's own was left out.</summary>
    [Code("reserved_name")]
    ReservedName,

    /// <summary>A property that could redirect a message was left out.</summary>
    [Code("guarded_property")]
    GuardedProperty,

    /// <summary>Something that an identify from a browser may not say of a person was left out.</summary>
    [Code("browser_left_out")]
    BrowserLeftOut,

    /// <summary>A lone surrogate, which no encoding can carry, was replaced by U+FFFD.</summary>
    [Code("surrogate_replaced")]
    SurrogateReplaced,

    /// <summary><c>cio_relationships</c> has no form that Customer.io knows; it was left out.</summary>
    [Code("relationships_unreadable")]
    RelationshipsUnreadable,

    /// <summary>The platform or the push token of a device can't be used; the event is sent, and no device is added or removed.</summary>
    [Code("device_unclear")]
    DeviceUnclear,

    /// <summary>An event that would delete or suppress somebody may not, or names nobody; it is sent as a plain event.</summary>
    [Code("lifecycle_refused")]
    LifecycleRefused,

    /// <summary>The event's time can't be read; the time of receipt is sent.</summary>
    [Code("time_unreadable")]
    TimeUnreadable,

    /// <summary>The event's time is before 2000; the time of receipt is sent.</summary>
    [Code("time_implausible")]
    TimeImplausible,

    /// <summary>The event's time is more than 5 minutes after receipt; the time of receipt is sent.</summary>
    [Code("time_in_future")]
    TimeInFuture,

    /// <summary>An event of the import lane is older than 72 hours; Customer.io takes it with its own time, and it triggers no campaign.</summary>
    [Code("too_old_for_campaigns")]
    TooOldForCampaigns,

    /// <summary><c>created_at</c> is no time, or one before 1900 or after tomorrow; it was left out.</summary>
    [Code("created_at_unreadable")]
    CreatedAtUnreadable,

    /// <summary>A subscription is neither on nor off; it was left out, and the status at Customer.io stays as it was.</summary>
    [Code("subscription_unclear")]
    SubscriptionUnclear,

    /// <summary>What <c>integrations</c> says about Customer.io is neither on nor off; the event is sent.</summary>
    [Code("integration_unclear")]
    IntegrationUnclear,

    /// <summary>Privacy mode left out what the allow list does not name.</summary>
    [Code("privacy_dropped")]
    PrivacyDropped,

    /// <summary>The merge is sent once more later, as <c>Mapping__RepeatMergeAfter</c> says.</summary>
    [Code("merge_repeats")]
    MergeRepeats,

    /// <summary>This was the second sending of a merge.</summary>
    [Code("merge_repeated")]
    MergeRepeated,

    /// <summary>A rule's path would enter a text that holds JSON: the rule did nothing there.</summary>
    [Code("rule_stopped_at_text")]
    RuleStoppedAtText,
}
