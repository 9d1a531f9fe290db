using System.Diagnostics;

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
    /// <summary><c>email_cleaned</c>: what mail programs and spreadsheets put around an e-mail address was taken off.</summary>
    EmailCleaned,

    /// <summary><c>email_unreadable</c>: an e-mail is blank or no text; it was left out.</summary>
    EmailUnreadable,

    /// <summary><c>email_unusual</c>: an e-mail is a text that is no address; it is sent as attribute and names nobody.</summary>
    EmailUnusual,

    /// <summary><c>identifier_placeholder</c>: an identifier is a word that stands for none; it counts as absent.</summary>
    IdentifierPlaceholder,

    /// <summary><c>user_id_in_traits</c>: the user id was found in the traits, because there is none at the top.</summary>
    UserIdInTraits,

    /// <summary><c>customerio_id</c>: the user id starts with <c>cio_</c>: Customer.io reads it as its own id and silently drops unknown ones.</summary>
    CustomerIoId,

    /// <summary><c>id_differs</c>: the trait <c>id</c> differs from the user id; the user id is sent.</summary>
    IdDiffers,

    /// <summary><c>read_from_text</c>: an object came inside a text and was read.</summary>
    ReadFromText,

    /// <summary><c>properties_unreadable</c>: <c>properties</c> is no object; the event goes without.</summary>
    PropertiesUnreadable,

    /// <summary><c>traits_unreadable</c>: <c>traits</c> or <c>$user_props</c> is no object; the event goes without.</summary>
    TraitsUnreadable,

    /// <summary><c>context_unreadable</c>: <c>context</c> is no object; the event goes without.</summary>
    ContextUnreadable,

    /// <summary><c>built_in_left_out</c>: built-in facts about a person were left out, as no rule names them.</summary>
    BuiltInLeftOut,

    /// <summary><c>identify_without_facts</c>: an identify tells identifiers and time only.</summary>
    IdentifyWithoutFacts,

    /// <summary><c>name_blank</c>: an attribute with a blank name was left out.</summary>
    NameBlank,

    /// <summary><c>name_cut</c>: an event's name was cut to its limit.</summary>
    NameCut,

    /// <summary><c>page_name_cut</c>: a page's name lost its query, its fragment or its end to fit its limit.</summary>
    PageNameCut,

    /// <summary><c>attribute_dropped</c>: an attribute whose name or value is too long was left out.</summary>
    AttributeDropped,

    /// <summary><c>attribute_cut</c>: an attribute's text is too long and was cut to its limit.</summary>
    AttributeCut,

    /// <summary><c>attributes_dropped</c>: attributes beyond the most an identify may have were left out.</summary>
    AttributesDropped,

    /// <summary><c>reserved_name</c>: an attribute with a name of Customer.io's own was left out.</summary>
    ReservedName,

    /// <summary><c>guarded_property</c>: a property that could redirect a message was left out.</summary>
    GuardedProperty,

    /// <summary><c>browser_left_out</c>: something that an identify from a browser may not say of a person was left out.</summary>
    BrowserLeftOut,

    /// <summary><c>surrogate_replaced</c>: a lone surrogate, which no encoding can carry, was replaced by U+FFFD.</summary>
    SurrogateReplaced,

    /// <summary><c>relationships_unreadable</c>: <c>cio_relationships</c> has no form that Customer.io knows; it was left out.</summary>
    RelationshipsUnreadable,

    /// <summary><c>device_unclear</c>: the platform or the push token of a device can't be used; the event is sent, and no device is added or removed.</summary>
    DeviceUnclear,

    /// <summary><c>lifecycle_refused</c>: an event that would delete or suppress somebody may not, or names nobody; it is sent as a plain event.</summary>
    LifecycleRefused,

    /// <summary><c>time_unreadable</c>: the event's time can't be read; the time of receipt is sent.</summary>
    TimeUnreadable,

    /// <summary><c>time_implausible</c>: the event's time is before 2000; the time of receipt is sent.</summary>
    TimeImplausible,

    /// <summary><c>time_in_future</c>: the event's time is more than 5 minutes after receipt; the time of receipt is sent.</summary>
    TimeInFuture,

    /// <summary><c>too_old_for_campaigns</c>: an event of the import lane is older than 72 hours; Customer.io takes it with its own time, and it triggers no campaign.</summary>
    TooOldForCampaigns,

    /// <summary><c>created_at_unreadable</c>: <c>created_at</c> is no time, or one before 1900 or after tomorrow; it was left out.</summary>
    CreatedAtUnreadable,

    /// <summary><c>subscription_unclear</c>: a subscription is neither on nor off; it was left out, and the status at Customer.io stays as it was.</summary>
    SubscriptionUnclear,

    /// <summary><c>integration_unclear</c>: what <c>integrations</c> says about Customer.io is neither on nor off; the event is sent.</summary>
    IntegrationUnclear,

    /// <summary><c>privacy_dropped</c>: privacy mode left out what the allow list does not name.</summary>
    PrivacyDropped,

    /// <summary><c>rule_stopped_at_text</c>: a rule's path would enter a text that holds JSON: the rule did nothing there.</summary>
    RuleStoppedAtText,
}

/// <summary>The codes of <see cref="WarningCode"/> on the wire.</summary>
public static class WarningCodes
{
    /// <summary>The code, for instance <c>name_cut</c>.</summary>
    public static string ToCode(this WarningCode code) => code switch
    {
        WarningCode.EmailCleaned => "email_cleaned",
        WarningCode.EmailUnreadable => "email_unreadable",
        WarningCode.EmailUnusual => "email_unusual",
        WarningCode.IdentifierPlaceholder => "identifier_placeholder",
        WarningCode.UserIdInTraits => "user_id_in_traits",
        WarningCode.CustomerIoId => "customerio_id",
        WarningCode.IdDiffers => "id_differs",
        WarningCode.ReadFromText => "read_from_text",
        WarningCode.PropertiesUnreadable => "properties_unreadable",
        WarningCode.TraitsUnreadable => "traits_unreadable",
        WarningCode.ContextUnreadable => "context_unreadable",
        WarningCode.BuiltInLeftOut => "built_in_left_out",
        WarningCode.IdentifyWithoutFacts => "identify_without_facts",
        WarningCode.NameBlank => "name_blank",
        WarningCode.NameCut => "name_cut",
        WarningCode.PageNameCut => "page_name_cut",
        WarningCode.AttributeDropped => "attribute_dropped",
        WarningCode.AttributeCut => "attribute_cut",
        WarningCode.AttributesDropped => "attributes_dropped",
        WarningCode.ReservedName => "reserved_name",
        WarningCode.GuardedProperty => "guarded_property",
        WarningCode.BrowserLeftOut => "browser_left_out",
        WarningCode.SurrogateReplaced => "surrogate_replaced",
        WarningCode.RelationshipsUnreadable => "relationships_unreadable",
        WarningCode.DeviceUnclear => "device_unclear",
        WarningCode.LifecycleRefused => "lifecycle_refused",
        WarningCode.TimeUnreadable => "time_unreadable",
        WarningCode.TimeImplausible => "time_implausible",
        WarningCode.TimeInFuture => "time_in_future",
        WarningCode.TooOldForCampaigns => "too_old_for_campaigns",
        WarningCode.CreatedAtUnreadable => "created_at_unreadable",
        WarningCode.SubscriptionUnclear => "subscription_unclear",
        WarningCode.IntegrationUnclear => "integration_unclear",
        WarningCode.PrivacyDropped => "privacy_dropped",
        WarningCode.RuleStoppedAtText => "rule_stopped_at_text",
        _ => throw new UnreachableException(),
    };
}
