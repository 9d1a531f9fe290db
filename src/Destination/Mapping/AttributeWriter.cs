using CustomerIoDestination.Ingest;
using CustomerIoDestination.Json;
using CustomerIoDestination.Limits;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Mapping;

/// <summary>A person's attributes, written and checked.</summary>
/// <param name="Members">The JSON members without the braces.</param>
/// <param name="Relationships">What <c>cio_relationships</c> says; null for nothing.</param>
/// <param name="OwnTimestamp">The sender's own <c>_timestamp</c>; missing as a rule.</param>
internal readonly record struct PersonAttributes(Utf8Text Members, PersonRelationships? Relationships, JsonValue OwnTimestamp);

/// <summary>
/// Writes a person's attributes: first those with a meaning of their own at Customer.io, then the others, measured one by one as they are
/// sent, so that one oversized trait neither slips through nor takes the whole identify with it unnoticed.
/// </summary>
internal struct AttributeWriter
{
    private const string Set = "traits";

    private readonly FreshpaintEvent.Identify _identify;
    private readonly MappingContext _context;
    private readonly ScratchBuffer _output;
    private readonly bool _optOut;
    private ReservedAttributes _reserved;
    private bool _first;
    private int _count;

    private AttributeWriter(FreshpaintEvent.Identify identify, MappingContext context)
    {
        _identify = identify;
        _context = context;
        _output = context.Output;
        _reserved = ReservedAttributes.Of(identify.Traits);
        _optOut = _reserved.HoldsOptOut;
        _first = true;
    }

    /// <summary>Writes the attributes of an identify.</summary>
    public static PersonAttributes Write(FreshpaintEvent.Identify identify, PersonIdentifier person, Utf8Text? email, MappingContext context)
    {
        var writer = new AttributeWriter(identify, context);
        PersonRelationships? relationships = writer.TakeRelationships();
        writer.WriteReserved(person, email);
        int reservedLength = writer._output.Length;
        int reservedCount = writer._count;
        bool reservedOnly = writer._first;

        // _timestamp and cio_relationships are keys of the body too.
        int extra = (context.Settings.AsOfNow || context.Envelope.AsOfNow ? 0 : 1) + (relationships is null ? 0 : 1);
        writer.WriteOthers(int.MaxValue);
        int total = writer._count + extra;
        if (total > TrackApiLimits.AttributesPerIdentify)
        {
            if (writer.Choice(context.Limits.AttributeCount) == OverLimit.DeadLetter)
            {
                context.OverLimit(Set, "the identify", TrackApiLimits.AttributesPerIdentify, total, "attributes");
            }
            else
            {
                writer._output.Truncate(reservedLength);
                writer._count = reservedCount;
                writer._first = reservedOnly;
                writer.WriteOthers(TrackApiLimits.AttributesPerIdentify - extra);
                context.Warn("attributes_dropped", Set, $"the identify had {total} attributes; the first {TrackApiLimits.AttributesPerIdentify} are sent");
            }
        }

        return new PersonAttributes(new Utf8Text(writer._output.Take()), relationships, writer._reserved.Timestamp);
    }

    private readonly OverLimit Choice(OverLimit configured) => _optOut ? OverLimit.Trim : configured;

    // {"action": "add_relationships" | "delete_relationships", "relationships": […]}, or the list alone as v2 has it.
    private readonly PersonRelationships? TakeRelationships()
    {
        JsonValue value = _reserved.Relationships;
        if (value.Kind is JsonKind.Missing or JsonKind.Null)
        {
            return null;
        }

        JsonValue items = value.Kind == JsonKind.Array ? value : value["relationships"u8];
        bool remove = value["action"u8].Is("delete_relationships"u8);
        if (items.Kind != JsonKind.Array || (value.Kind == JsonKind.Object && !remove && !value["action"u8].Is("add_relationships"u8)))
        {
            _context.Warn("relationships_unreadable", "traits.cio_relationships", "it has no action and list that Customer.io knows; it was left out");
            return null;
        }

        _output.WriteValue(items);
        return new PersonRelationships(remove, new Utf8Text(_output.Take()));
    }

    private void WriteReserved(PersonIdentifier person, Utf8Text? email)
    {
        WriteId(person);
        WriteEmail(person, email);
        WriteAnonymousId();
        WriteCreatedAt();
        if (_reserved.Unsubscribed.Kind is not (JsonKind.Missing or JsonKind.Null))
        {
            Begin("unsubscribed"u8);
            WriteSubscription(_reserved.Unsubscribed, "unsubscribed");
        }

        if (!_context.Settings.MayCreatePeople)
        {
            Begin("_update"u8);
            _output.WriteBoolean(true);
        }
        else if (_reserved.Update.Kind is JsonKind.True or JsonKind.False)
        {
            Begin("_update"u8);
            _output.WriteBoolean(_reserved.Update.Kind == JsonKind.True);
        }

        WritePreferences();
    }

    private void WriteId(PersonIdentifier person)
    {
        Identifier trait = Identifier.Read(_reserved.Id);
        if (trait.Problem is { } problem)
        {
            _context.Problem(Delivery.DeadLetterReason.InvalidEvent, "traits.id", $"traits.id {problem}");
            return;
        }

        Identifier user = _identify.Head.UserId;
        bool userIsPath = user.IsPresent && user.Text == person.Value;
        bool userNamesId = user.IsPresent && !userIsPath && !EmailShape.Matches(user.Text.Span);
        if (person.Kind == PersonIdentifierKind.Id || userNamesId)
        {
            if (trait.IsPresent && trait.Text != user.Text)
            {
                _context.Warn("id_differs", "traits.id", "the trait id differs from the user id; the user id is sent");
            }
        }

        Utf8Text? id = userNamesId ? user.Text
            : person.Kind != PersonIdentifierKind.Id && trait.IsPresent ? trait.Text
            : null;
        if (id is not { } value)
        {
            return;
        }

        if (value.Length > TrackApiLimits.PersonIdBytes)
        {
            _context.OverLimit(userNamesId ? "userId" : "traits.id", "the person's id", TrackApiLimits.PersonIdBytes, value.Length);
        }

        Begin("id"u8);
        _output.WriteString(value.Span);
    }

    private void WriteEmail(PersonIdentifier person, Utf8Text? email)
    {
        if (_reserved.Email.Kind is not (JsonKind.Missing or JsonKind.Null))
        {
            WriteAttribute(new Property(KnownNames.Email, _reserved.Email));
        }
        else if (email is { } known && known != person.Value && _context.RuledEmail is not { MayBeAttribute: false })
        {
            Begin("email"u8);
            _output.WriteString(known.Span);
        }
    }

    private void WriteAnonymousId()
    {
        if (!_context.Settings.AnonymousId || !_context.Rules.Anonymous)
        {
            return;
        }

        Identifier device = _identify.Head.DeviceId;
        Identifier anonymous = device.IsPresent ? device : Identifier.Read(_reserved.AnonymousId);
        if (!anonymous.IsPresent)
        {
            return;
        }

        if (anonymous.Text.Length > TrackApiLimits.AttributeValueBytes)
        {
            _context.OverLimit("anonymousId", "the device id", TrackApiLimits.AttributeValueBytes, anonymous.Text.Length);
        }

        Begin("anonymous_id"u8);
        _output.WriteString(anonymous.Text.Span);
    }

    private void WriteCreatedAt()
    {
        JsonValue value = _reserved.CreatedAt.IsPresent ? _reserved.CreatedAt : _reserved.CreatedAtCamelCase;
        if (value.Kind is JsonKind.Missing or JsonKind.Null)
        {
            return;
        }

        if (!EventTime.TryRead(value, out long milliseconds))
        {
            _context.Warn("created_at_unreadable", "traits.created_at", "it can't be read as a time and was left out");
            return;
        }

        Begin("created_at"u8);
        _output.WriteNumber(EventTime.ToSeconds(milliseconds));
    }

    private void WritePreferences()
    {
        JsonValue preferences = _reserved.Preferences;
        if (!preferences.IsPresent || (preferences.Kind == JsonKind.Null && !_context.Settings.SendNulls))
        {
            return;
        }

        int before = _output.Length;
        bool wasFirst = _first;
        Begin(KnownNames.Preferences.Span);
        int valueStart = _output.Length;
        _output.WriteValue(preferences);
        if (_output.Length - valueStart <= TrackApiLimits.AttributeValueBytes || preferences["topics"u8].Kind != JsonKind.Object)
        {
            return;
        }

        // Over the limit as a whole: one dotted key a topic says the same, and an opt-out must arrive.
        _output.Truncate(before);
        _first = wasFirst;
        _count--;
        foreach (JsonMember topic in preferences["topics"u8].Members)
        {
            Begin([.. "cio_subscription_preferences.topics."u8, .. topic.Name.Span]);
            WriteSubscription(topic.Value, "cio_subscription_preferences");
        }
    }

    private void WriteOthers(int maxCount)
    {
        int dotted = maxCount == int.MaxValue ? 0 : CountDotted();
        foreach (Property property in _identify.Traits)
        {
            ReadOnlySpan<byte> name = property.Name.Span;
            if (KnownNames.IsReserved(name))
            {
                continue;
            }

            if (name.StartsWith("cio_subscription_preferences."u8))
            {
                if (property.Value.Kind != JsonKind.Null)
                {
                    Begin(name);
                    WriteSubscription(property.Value, MappingContext.Field(Set, property.Name));
                    dotted--;
                }
            }
            else if (name.StartsWith("_"u8) || name.StartsWith("cio_"u8))
            {
                if (maxCount == int.MaxValue)
                {
                    _context.Warn("reserved_name", MappingContext.Field(Set, property.Name), "the name is Customer.io's own; it was left out");
                }
            }
            else if (maxCount == int.MaxValue || _count + dotted < maxCount)
            {
                WriteAttribute(property);
            }
        }
    }

    private readonly int CountDotted()
    {
        int count = 0;
        foreach (Property property in _identify.Traits)
        {
            count += property.Name.Span.StartsWith("cio_subscription_preferences."u8) && property.Value.Kind != JsonKind.Null ? 1 : 0;
        }

        return count;
    }

    private void WriteAttribute(Property property)
    {
        if (property.Value.Kind == JsonKind.Null && !_context.Settings.SendNulls)
        {
            return;
        }

        int before = _output.Length;
        bool wasFirst = _first;
        Begin(property.Name.Span);
        int valueStart = _output.Length;
        bool replaced = _output.WriteValue(property.Value, _context.Settings.ConvertDates && !property.Name.Equals(KnownNames.Email));
        int length = Measure(property.Value, _output.Length - valueStart);
        bool fits = Fits(property.Name, TrackApiLimits.AttributeNameBytes, property.Name.Length, _context.Limits.AttributeName, "the attribute's name")
            & Fits(property.Name, TrackApiLimits.AttributeValueBytes, length, _context.Limits.AttributeValue, "the attribute's value");
        if (!fits)
        {
            _output.Truncate(before);
            _first = wasFirst;
            _count--;
        }
        else if (replaced)
        {
            _context.Warn("surrogate_replaced", MappingContext.Field(Set, property.Name), "a lone surrogate was replaced by U+FFFD");
        }
    }

    private readonly bool Fits(Utf8Text name, int limit, int actual, OverLimit configured, string what)
    {
        if (actual <= limit)
        {
            return true;
        }

        string field = MappingContext.Field(Set, name);
        if (Choice(configured) == OverLimit.Trim)
        {
            _context.Warn("attribute_dropped", field, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{what} has {actual} bytes (the limit is {limit}); it was left out"));
        }
        else
        {
            _context.OverLimit(field, what, limit, actual);
        }

        return false;
    }

    // Text counts by its own bytes, not by its quotes and escapes.
    private static int Measure(JsonValue value, int written) =>
        value.Kind == JsonKind.String && value.TryGetText(out Utf8Text text) ? Math.Min(text.Length, written) : written;

    private readonly void WriteSubscription(JsonValue value, string field)
    {
        if (Subscription.TryRead(value, out bool flag))
        {
            _output.WriteBoolean(flag);
            return;
        }

        _context.Warn("subscription_unclear", field, "it is neither true nor false; Customer.io takes anything but true and 1 for subscribed");
        _output.WriteValue(value);
    }

    private void Begin(ReadOnlySpan<byte> name)
    {
        _output.WriteName(name, ref _first);
        _count++;
    }
}
