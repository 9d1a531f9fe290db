namespace TrackApiSandbox.State;

/// <summary>Why a change, or one identifier of it, was not made although the call was answered with 200.</summary>
internal enum DropReason
{
    /// <summary>The person is suppressed.</summary>
    Suppressed,

    /// <summary>An event with this event id was taken before.</summary>
    DuplicateEvent,

    /// <summary>The identify is older than the person's last change.</summary>
    OlderThanLastChange,

    /// <summary>Nobody has this cio_id.</summary>
    UnknownCioId,

    /// <summary>Nobody matches, and <c>_update</c> forbids to create.</summary>
    NobodyToUpdate,

    /// <summary>The identifier is already associated with a different profile.</summary>
    IdentifierOfAnotherPerson,

    /// <summary>The identifier has a value, which only a call by cio_id can change.</summary>
    IdentifierAlreadySet,

    /// <summary>The anonymous id is another person's.</summary>
    AnonymousIdOfAnotherPerson,

    /// <summary>The attribute <c>email</c> is no e-mail.</summary>
    InvalidEmail,

    /// <summary>A merge of somebody who does not exist, or with oneself.</summary>
    NothingToMerge,
}
