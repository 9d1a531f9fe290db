using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>Writes the attributes with a meaning of their own at Customer.io (mapping.md 1 and 2).</summary>
internal sealed class ReservedAttributeWriter(
    FreshpaintEvent.Identify identify,
    ReservedAttributes reserved,
    AttributeMembers members,
    MappingContext context)
{
    /// <summary>
    /// What <c>cio_relationships</c> says, <c>{"action": "add_relationships" | "delete_relationships", "relationships": […]}</c> or the list alone as v2 has
    /// it; null for nothing.
    /// </summary>
    public PersonRelationships? TakeRelationships()
    {
        JsonValue value = reserved.Relationships;
        if (value.Kind is JsonKind.Missing or JsonKind.Null)
        {
            return null;
        }

        JsonValue items = value.Kind == JsonKind.Array ? value : value["relationships"u8];
        bool remove = value["action"u8].Is("delete_relationships"u8);
        if (items.Kind != JsonKind.Array || (value.Kind == JsonKind.Object && !remove && !value["action"u8].Is("add_relationships"u8)))
        {
            members.Warn("relationships_unreadable", "traits.cio_relationships", "it has no action and list that Customer.io knows; it was left out");
            return null;
        }

        context.Output.WriteValue(items);
        return new PersonRelationships(remove, new Utf8Text(context.Output.Take()));
    }

    /// <summary>Writes them.</summary>
    /// <param name="person">Whom the path addresses.</param>
    /// <param name="email">The person's e-mail; null when none is known.</param>
    public void Write(PersonIdentifier person, Utf8Text? email)
    {
        WriteId(person);
        WriteEmail(person, email);
        WriteAnonymousId();
        WriteCreatedAt();
        if (reserved.Unsubscribed.Kind is not (JsonKind.Missing or JsonKind.Null))
        {
            members.Begin("unsubscribed"u8);
            members.WriteSubscription(reserved.Unsubscribed, "unsubscribed");
        }

        if (!context.Settings.MayCreatePeople)
        {
            members.Begin("_update"u8);
            context.Output.WriteBoolean(true);
        }
        else if (reserved.Update.Kind is JsonKind.True or JsonKind.False)
        {
            members.Begin("_update"u8);
            context.Output.WriteBoolean(reserved.Update.Kind == JsonKind.True);
        }

        WritePreferences();
    }

    private void WriteId(PersonIdentifier person)
    {
        Identifier trait = Identifier.Read(reserved.Id);
        if (trait.Problem is { } problem)
        {
            context.Problem(DeadLetterReason.InvalidEvent, "traits.id", $"traits.id {problem}");
            return;
        }

        Identifier user = identify.Head.UserId;
        bool userIsPath = user.IsPresent && user.Text == person.Value;
        bool userNamesId = user.IsPresent && !userIsPath && !EmailShape.Matches(user.Text.Span);
        if (person.Kind == PersonIdentifierKind.Id || userNamesId)
        {
            if (trait.IsPresent && trait.Text != user.Text)
            {
                members.Warn("id_differs", "traits.id", "the trait id differs from the user id; the user id is sent");
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
            context.OverLimit(userNamesId ? "userId" : "traits.id", "the person's id", TrackApiLimits.PersonIdBytes, value.Length);
        }

        members.Begin("id"u8);
        context.Output.WriteString(value.Span);
    }

    private void WriteEmail(PersonIdentifier person, Utf8Text? email)
    {
        if (reserved.Email.Kind is not (JsonKind.Missing or JsonKind.Null))
        {
            members.WriteAttribute(new Property(KnownNames.Email, reserved.Email));
        }
        else if (email is { } known && known != person.Value && context.RuledEmail is not { MayBeAttribute: false })
        {
            members.Begin("email"u8);
            context.Output.WriteString(known.Span);
        }
    }

    private void WriteAnonymousId()
    {
        if (!context.Settings.AnonymousId || !context.Rules.Anonymous)
        {
            return;
        }

        Identifier device = identify.Head.DeviceId;
        Identifier anonymous = device.IsPresent ? device : Identifier.Read(reserved.AnonymousId);
        if (!anonymous.IsPresent)
        {
            return;
        }

        if (anonymous.Text.Length > TrackApiLimits.AttributeValueBytes)
        {
            context.OverLimit("anonymousId", "the device id", TrackApiLimits.AttributeValueBytes, anonymous.Text.Length);
        }

        members.Begin("anonymous_id"u8);
        context.Output.WriteString(anonymous.Text.Span);
    }

    private void WriteCreatedAt()
    {
        JsonValue value = reserved.CreatedAt.IsPresent ? reserved.CreatedAt : reserved.CreatedAtCamelCase;
        if (value.Kind is JsonKind.Missing or JsonKind.Null)
        {
            return;
        }

        if (!EventTime.TryRead(value, out long milliseconds))
        {
            members.Warn("created_at_unreadable", "traits.created_at", "it can't be read as a time and was left out");
            return;
        }

        members.Begin("created_at"u8);
        context.Output.WriteNumber(EventTime.ToSeconds(milliseconds));
    }

    private void WritePreferences()
    {
        JsonValue preferences = reserved.Preferences;
        if (!preferences.IsPresent || (preferences.Kind == JsonKind.Null && !context.Settings.SendNulls))
        {
            return;
        }

        AttributeMembers.Position before = members.Mark();
        members.Begin(KnownNames.Preferences.Span);
        int valueStart = context.Output.Length;
        context.Output.WriteValue(preferences);
        if (context.Output.Length - valueStart <= TrackApiLimits.AttributeValueBytes || preferences["topics"u8].Kind != JsonKind.Object)
        {
            return;
        }

        // Over the limit as a whole: one dotted key a topic says the same, and an opt-out must arrive.
        members.Restore(before);
        foreach (JsonMember topic in preferences["topics"u8].Members)
        {
            members.Begin([.. "cio_subscription_preferences.topics."u8, .. topic.Name.Span]);
            members.WriteSubscription(topic.Value, "cio_subscription_preferences");
        }
    }
}
