namespace CustomerIoDestination.Model;

/// <summary>The kinds of Freshpaint events, as the webhook's <c>type</c> and the HTTP API's reserved names tell them apart.</summary>
public enum EventKind
{
    /// <summary>Facts about a person.</summary>
    [Code("identify")]
    Identify,

    /// <summary>Something that happened.</summary>
    [Code("track")]
    Track,

    /// <summary>A page was viewed.</summary>
    [Code("page")]
    Page,

    /// <summary>A screen of a mobile app was viewed.</summary>
    [Code("screen")]
    Screen,

    /// <summary>A person belongs to a group (a Customer.io object).</summary>
    [Code("group")]
    Group,

    /// <summary>Two identifiers are one person.</summary>
    [Code("alias")]
    Alias,

    /// <summary>A type this product does not know.</summary>
    [Code("unsupported")]
    Unsupported,
}
