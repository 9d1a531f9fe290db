namespace CustomerIoDestination.Model;

/// <summary>One thing that was changed on the way, or that may surprise. Holds no property value.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Field">Where.</param>
/// <param name="Message">What was done, in words.</param>
public sealed record MappingWarning(WarningCode Kind, string Field, string Message)
{
    /// <summary>What is told of an e-mail that was cleaned, wherever it stood.</summary>
    internal const string CleanedEmail = "white space, a name or mailto: around the address was taken off";

    /// <summary>What is told of a text that no encoding can carry as it was given.</summary>
    internal const string ReplacedSurrogate = "a lone surrogate was replaced by U+FFFD";

    /// <summary>The code on the wire, for instance <c>name_cut</c>.</summary>
    public string Code => Kind.ToCode();

    /// <summary>The codes of an event's warnings, each once.</summary>
    public static IEnumerable<WarningCode> CodesOf(IReadOnlyList<MappingWarning> warnings) =>
        warnings.Count == 0 ? [] : warnings.Select(warning => warning.Kind).Distinct();

    /// <summary>Adds a warning to a list that is made with its first one.</summary>
    internal static void Add(ref List<MappingWarning>? warnings, WarningCode kind, string field, string message) =>
        (warnings ??= []).Add(new MappingWarning(kind, field, message));
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
