namespace CustomerIoDestination.Model;

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
