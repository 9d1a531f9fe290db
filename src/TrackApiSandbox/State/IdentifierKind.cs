namespace TrackApiSandbox.State;

/// <summary>What a person is addressed by.</summary>
internal enum IdentifierKind
{
    /// <summary>The sender's own id, case-sensitive.</summary>
    Id,

    /// <summary>The e-mail, compared without case.</summary>
    Email,

    /// <summary>Customer.io's own id, without its prefix.</summary>
    CioId,
}
