using CustomerIoDestination.Events;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>The traits with a meaning of their own at Customer.io, found in one walk.</summary>
internal struct ReservedAttributes
{
    public JsonValue Id;
    public JsonValue Email;
    public JsonValue AnonymousId;
    public JsonValue CreatedAt;
    public JsonValue CreatedAtCamelCase;
    public JsonValue Unsubscribed;
    public JsonValue Timestamp;
    public JsonValue Update;
    public JsonValue Preferences;
    public JsonValue Relationships;
    public JsonValue ObjectId;
    public JsonValue ObjectType;
    public JsonValue RelationshipAttributes;

    /// <summary>Whether <c>objectId</c> and the two traits about it name an object that the person belongs to, and are no attributes.</summary>
    public bool Relates;

    /// <summary>Whether the identify tells about a subscription: it then must arrive, whatever else is wrong with it.</summary>
    public bool HoldsOptOut;

    /// <summary>How many traits, of these and of the others, tell something about the person: all but identifiers, the time and <c>_update</c>.</summary>
    public int Facts;

    /// <summary>Finds them.</summary>
    /// <param name="identify">The identify, as the rules left it.</param>
    /// <param name="given">The event as it came in: what kind of object it is, is no fact about the person that rules work on.</param>
    /// <param name="groups">Whether an identify may relate its person to an object.</param>
    public static ReservedAttributes Of(FreshpaintEvent.Identify identify, FreshpaintEvent given, bool groups)
    {
        ReservedAttributes found = default;
        foreach (Property property in identify.Traits)
        {
            found.Take(property.Name.Span, property.Value);
        }

        found.Relates = groups && found.ObjectId.IsPresent;
        found.ObjectType = given is FreshpaintEvent.Identify asGiven ? asGiven.Traits["objectTypeId"u8] : default;
        return found;
    }

    /// <summary>Whether an attribute's name has a meaning of its own here.</summary>
    public readonly bool Holds(ReadOnlySpan<byte> name) => KnownNames.IsReserved(name)
        || (Relates && (name.SequenceEqual(KnownNames.ObjectId.Span) || name.SequenceEqual("objectTypeId"u8) || name.SequenceEqual("relationshipAttributes"u8)));

    private void Take(ReadOnlySpan<byte> name, JsonValue value)
    {
        Facts++;
        switch (name.Length)
        {
            case 2 when name.SequenceEqual("id"u8):
                Id = value;
                Facts--;
                break;
            case 5 when name.SequenceEqual("email"u8):
                Email = value;
                break;
            case 7 when name.SequenceEqual("_update"u8):
                Update = value;
                Facts--;
                break;
            case 8 when name.SequenceEqual(KnownNames.ObjectId.Span):
                ObjectId = value;
                break;
            case 9 when name.SequenceEqual("createdAt"u8):
                CreatedAtCamelCase = value;
                break;
            case 10 when name.SequenceEqual("created_at"u8):
                CreatedAt = value;
                break;
            case 10 when name.SequenceEqual("_timestamp"u8):
                Timestamp = value;
                Facts--;
                break;
            case 12 when name.SequenceEqual("anonymous_id"u8):
                AnonymousId = value;
                Facts--;
                break;
            case 12 when name.SequenceEqual("unsubscribed"u8):
                Unsubscribed = value;
                HoldsOptOut = true;
                break;
            case 17 when name.SequenceEqual("cio_relationships"u8):
                Relationships = value;
                break;
            case 22 when name.SequenceEqual("relationshipAttributes"u8):
                RelationshipAttributes = value;
                break;
            case 28 when name.SequenceEqual(KnownNames.Preferences.Span):
                Preferences = value;
                HoldsOptOut = true;
                break;
            case > 28 when name.StartsWith("cio_subscription_preferences."u8):
                HoldsOptOut = true;
                break;
        }
    }
}

/// <summary>Names of attributes with a meaning of their own at Customer.io.</summary>
internal static class KnownNames
{
    /// <summary><c>email</c>.</summary>
    public static Utf8Text Email { get; } = Utf8Text.Of("email");

    /// <summary><c>cio_subscription_preferences</c>.</summary>
    public static Utf8Text Preferences { get; } = Utf8Text.Of("cio_subscription_preferences");

    /// <summary><c>objectId</c>.</summary>
    public static Utf8Text ObjectId { get; } = Utf8Text.Of("objectId");

    /// <summary>Whether a name is one of <see cref="ReservedAttributes"/>.</summary>
    public static bool IsReserved(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => name.SequenceEqual("id"u8),
        5 => name.SequenceEqual("email"u8),
        7 => name.SequenceEqual("_update"u8),
        9 => name.SequenceEqual("createdAt"u8),
        10 => name.SequenceEqual("created_at"u8) || name.SequenceEqual("_timestamp"u8),
        12 => name.SequenceEqual("anonymous_id"u8) || name.SequenceEqual("unsubscribed"u8),
        17 => name.SequenceEqual("cio_relationships"u8),
        28 => name.SequenceEqual(Preferences.Span),
        _ => false,
    };
}
