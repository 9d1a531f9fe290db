using System.Diagnostics;

namespace CustomerIoDestination.Model;

/// <summary>Why an event is not sent on purpose. A closed set; the codes are part of the API.</summary>
public enum SkipReason
{
    /// <summary><c>unsupported_type</c>: a type this product does not deliver.</summary>
    UnsupportedType,

    /// <summary><c>not_enabled</c>: the rules do not enable it.</summary>
    NotEnabled,

    /// <summary><c>filtered</c>: a rule took it out.</summary>
    Filtered,

    /// <summary><c>opted_out</c>: its <c>integrations</c> exclude Customer.io.</summary>
    OptedOut,

    /// <summary><c>unidentified</c>: an identify for a device only; Customer.io keeps no attributes of anonymous people.</summary>
    Unidentified,

    /// <summary><c>no_email</c>: the person has no e-mail and the settings leave such people out.</summary>
    NoEmail,

    /// <summary><c>forgotten</c>: the person was deleted, suppressed or forgotten, and the event was received before that or within the window after it.</summary>
    Forgotten,

    /// <summary><c>unknown_person</c>: no identify of the person was delivered here, and the settings let no event create people.</summary>
    UnknownPerson,
}

/// <summary>The codes of <see cref="SkipReason"/> on the wire.</summary>
public static class SkipReasonCodes
{
    /// <summary>The code, for instance <c>opted_out</c>.</summary>
    public static string ToCode(this SkipReason reason) => reason switch
    {
        SkipReason.UnsupportedType => "unsupported_type",
        SkipReason.NotEnabled => "not_enabled",
        SkipReason.Filtered => "filtered",
        SkipReason.OptedOut => "opted_out",
        SkipReason.Unidentified => "unidentified",
        SkipReason.NoEmail => "no_email",
        SkipReason.Forgotten => "forgotten",
        SkipReason.UnknownPerson => "unknown_person",
        _ => throw new UnreachableException(),
    };
}
