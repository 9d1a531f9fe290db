namespace CustomerIoDestination.Model;

/// <summary>
/// Customer.io's limits on Track API data, in bytes of UTF-8 unless it says otherwise. Source: the Track API's OpenAPI document and
/// https://docs.customer.io/journeys/invalid-api-requests.
/// </summary>
public static class TrackApiLimits
{
    /// <summary>A person's identifier, 150 bytes.</summary>
    public const int PersonIdBytes = 150;

    /// <summary>An attribute's name, 150 bytes ("attribute name cannot be longer than 150 bytes").</summary>
    public const int AttributeNameBytes = 150;

    /// <summary>An attribute's value, 1,000 bytes; of a nested value its JSON ("value for attribute … cannot be longer than 1000 bytes").</summary>
    public const int AttributeValueBytes = 1_000;

    /// <summary>Attributes of one identify, 300 keys of the body ("cannot identify more than 300 attributes in one request").</summary>
    public const int AttributesPerIdentify = 300;

    /// <summary>An event's name, 100 bytes ("event name cannot be longer than 100 bytes").</summary>
    public const int EventNameBytes = 100;

    /// <summary>A page view's name, a URL, 100 bytes: the same rule as for event names.</summary>
    public const int PageNameBytes = 100;

    /// <summary>An event's data as JSON, 100,000 bytes ("event data cannot be longer than 100000 bytes").</summary>
    public const int EventDataBytes = 100_000;

    /// <summary>An object's id, 150 bytes.</summary>
    public const int ObjectIdBytes = 150;

    /// <summary>Attributes of an object, or of a relationship to one, 300.</summary>
    public const int AttributesPerObject = 300;

    /// <summary>A v2 entity, 32,000 bytes: the documented "32kb", read so that it holds whatever a kilobyte is.</summary>
    public const int EntityBytes = 32_000;

    /// <summary>An item of a v2 batch, 32,000 bytes: the documented "32kb", read so that it holds whatever a kilobyte is.</summary>
    public const int BatchItemBytes = 32_000;

    /// <summary>A v2 batch, 500,000 bytes: the documented "500kb", read the same way.</summary>
    public const int BatchBytes = 500_000;
}
