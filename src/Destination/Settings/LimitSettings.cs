namespace CustomerIoDestination.Settings;

/// <summary>What becomes of an event that is over one of Customer.io's limits.</summary>
public enum OverLimit
{
    /// <summary>It becomes a dead letter that names field, limit and size.</summary>
    DeadLetter,

    /// <summary>What is too long is cut or left out, with a warning.</summary>
    Trim,
}

/// <summary>What becomes of an identify with an attribute value over its limit.</summary>
public enum OverValueLimit
{
    /// <summary>It becomes a dead letter that names field, limit and size.</summary>
    DeadLetter,

    /// <summary>The attribute is left out, with a warning.</summary>
    Trim,

    /// <summary>Text is cut on a character boundary, with a warning; any other value, and an e-mail, is left out.</summary>
    Cut,
}

/// <summary>What becomes of events over Customer.io's limits, a choice for each limit that has one.</summary>
public sealed record LimitSettings
{
    /// <summary>An attribute name over 150 bytes.</summary>
    public OverLimit AttributeName { get; init; } = OverLimit.DeadLetter;

    /// <summary>An attribute value over 1,000 bytes.</summary>
    public OverValueLimit AttributeValue { get; init; } = OverValueLimit.DeadLetter;

    /// <summary>More than 300 attributes.</summary>
    public OverLimit AttributeCount { get; init; } = OverLimit.DeadLetter;

    /// <summary>An event name over 100 bytes.</summary>
    public OverLimit EventName { get; init; } = OverLimit.DeadLetter;

    /// <summary>A page name (a URL) over 100 bytes.</summary>
    public OverLimit PageName { get; init; } = OverLimit.Trim;
}
