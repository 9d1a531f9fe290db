using System.Diagnostics;

namespace CustomerIoDestination.Model;

/// <summary>Why an event is a dead letter. A closed set; the codes are part of the API.</summary>
public enum DeadLetterReason
{
    /// <summary><c>limit_exceeded</c>: over one of Customer.io's limits; nothing was sent.</summary>
    LimitExceeded,

    /// <summary><c>missing_identifier</c>: neither user id, e-mail nor device id.</summary>
    MissingIdentifier,

    /// <summary><c>unidentified</c>: an identify for a device only, where the settings ask to see these.</summary>
    Unidentified,

    /// <summary><c>invalid_event</c>: no Track API request can be made of it.</summary>
    InvalidEvent,

    /// <summary><c>unreadable</c>: the queue message holds no readable event.</summary>
    Unreadable,

    /// <summary><c>rejected_by_customerio</c>: Customer.io refused it for good.</summary>
    RejectedByCustomerIo,

    /// <summary><c>undeliverable</c>: it alone fails again and again while others are delivered.</summary>
    Undeliverable,

    /// <summary><c>expired</c>: the retry window ended.</summary>
    Expired,

    /// <summary><c>no_email</c>: the person has no e-mail, where the settings ask to see these.</summary>
    NoEmail,

    /// <summary><c>ttl_expired</c>: the broker's time to live ended before it could be delivered.</summary>
    TtlExpired,

    /// <summary><c>delivery_count</c>: the broker handed it out too often without an end (crashes, lost locks).</summary>
    DeliveryCount,
}

/// <summary>The codes of <see cref="DeadLetterReason"/> on the wire.</summary>
public static class DeadLetterReasonCodes
{
    private static readonly Dictionary<string, DeadLetterReason> ByCode =
        Enum.GetValues<DeadLetterReason>().ToDictionary(reason => reason.ToCode(), StringComparer.Ordinal);

    /// <summary>The code, for instance <c>limit_exceeded</c>.</summary>
    public static string ToCode(this DeadLetterReason reason) => reason switch
    {
        DeadLetterReason.LimitExceeded => "limit_exceeded",
        DeadLetterReason.MissingIdentifier => "missing_identifier",
        DeadLetterReason.Unidentified => "unidentified",
        DeadLetterReason.InvalidEvent => "invalid_event",
        DeadLetterReason.Unreadable => "unreadable",
        DeadLetterReason.RejectedByCustomerIo => "rejected_by_customerio",
        DeadLetterReason.Undeliverable => "undeliverable",
        DeadLetterReason.Expired => "expired",
        DeadLetterReason.NoEmail => "no_email",
        DeadLetterReason.TtlExpired => "ttl_expired",
        DeadLetterReason.DeliveryCount => "delivery_count",
        _ => throw new UnreachableException(),
    };

    /// <summary>Reads a code.</summary>
    public static bool TryParse(string? code, out DeadLetterReason reason)
    {
        reason = default;
        return code is not null && ByCode.TryGetValue(code, out reason);
    }
}
