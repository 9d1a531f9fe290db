namespace CustomerIoDestination.Model;

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
