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
    /// <summary>How many of those written say only who it is, or how the others are to be taken.</summary>
    public int Identifiers { get; private set; }

    /// <summary>Writes them.</summary>
    /// <param name="person">Whom the path addresses.</param>
    /// <param name="email">The person's e-mail; null when none is known.</param>
    public void Write(PersonIdentifier person, Utf8Text? email)
    {
        WriteId(person);
        WriteAnonymousId();
        WriteUpdate();
        Identifiers = members.Count;
        WriteEmail(person, email);
        WriteCreatedAt();
        if (reserved.Unsubscribed.Kind is not (JsonKind.Missing or JsonKind.Null) && !context.IsLeftOut(reserved.Unsubscribed, "traits.unsubscribed"))
        {
            members.WriteSubscription("unsubscribed"u8, OptOut() ?? reserved.Unsubscribed);
        }

        if (reserved.Preferences.IsPresent && !context.IsLeftOut(reserved.Preferences, "traits.cio_subscription_preferences"))
        {
            new PreferenceWriter(members, context).Write(reserved.Preferences);
        }
    }

    // Of members of one name the last counts, but an opt-out among them must arrive.
    private JsonValue? OptOut()
    {
        foreach (JsonMember member in identify.Traits.Primary.AllMembers)
        {
            if (member.NameIs("unsubscribed"u8) && FlagText.TryRead(member.Value, out bool flag) && flag)
            {
                return member.Value;
            }
        }

        return null;
    }

    private void WriteUpdate()
    {
        if (!context.Settings.MayCreatePeople)
        {
            members.Begin("_update"u8);
            context.Output.WriteBoolean(true);
        }
        else if (context.Envelope.FromBrowser)
        {
            if (reserved.Update.IsPresent)
            {
                context.LeftOut("traits._update");
            }
        }
        else if (FlagText.TryRead(reserved.Update, out bool update))
        {
            members.Begin("_update"u8);
            context.Output.WriteBoolean(update);
        }
        else if (reserved.Update.Kind is not (JsonKind.Missing or JsonKind.Null))
        {
            members.Warn(WarningCode.ReservedName, "traits._update", "it is neither true nor false and was left out");
        }
    }

    private void WriteId(PersonIdentifier person)
    {
        if (context.IsRestricted)
        {
            LeaveOutId(person);
            return;
        }

        Identifier trait = Identifier.Read(reserved.Id, context.Settings.PlaceholderIdentifiers);
        if (!members.IsReadable(trait, "traits.id"))
        {
            trait = Identifier.Absent;
        }

        IdentityMapping.Report(trait, "traits.id", context);
        Identifier user = identify.Head.UserId;
        bool userIsPath = user.IsPresent && user.Text == person.Value;
        bool userNamesId = user.IsPresent && !userIsPath && !EmailShape.Matches(user.Text.Span);
        if (person.Kind == PersonIdentifierKind.Id || userNamesId)
        {
            if (trait.IsPresent && trait.Text != user.Text)
            {
                members.Warn(WarningCode.IdDiffers, "traits.id", "the trait id differs from the user id; the user id is sent");
            }
        }

        Utf8Text? id = userNamesId ? user.Text
            : person.Kind != PersonIdentifierKind.Id && trait.IsPresent ? trait.Text
            : null;
        if (id is { } value && members.FitsPersonId(userNamesId ? "userId" : "traits.id", value))
        {
            members.Begin("id"u8);
            context.Output.WriteString(value.Span);
        }
    }

    // The id that a person is named by needs no attribute; any other is one that a stranger wants to give.
    private void LeaveOutId(PersonIdentifier person)
    {
        Identifier user = identify.Head.UserId;
        if (reserved.Id.Kind is not (JsonKind.Missing or JsonKind.Null) && !(person.Kind == PersonIdentifierKind.Id && reserved.Id.Is(person.Value.Span)))
        {
            context.LeftOut("traits.id");
        }

        if (user.IsPresent && user.Text != person.Value)
        {
            context.LeftOut("userId");
        }
    }

    private void WriteEmail(PersonIdentifier person, Utf8Text? email)
    {
        if (context.IsRestricted && !(EmailText.AddressIn(reserved.Email) is { } own && IsName(own, person)))
        {
            if (reserved.Email.Kind is not (JsonKind.Missing or JsonKind.Null) || (email is { } told && !IsName(told, person)))
            {
                context.LeftOut("traits.email");
            }

            return;
        }

        switch (EmailText.Read(reserved.Email, out Utf8Text address))
        {
            case EmailReading.AsGiven:
                members.WriteAttribute(new Property(KnownNames.Email, reserved.Email));
                return;
            case EmailReading.Cleaned:
                members.Warn(WarningCode.EmailCleaned, "traits.email", MappingWarning.CleanedEmail);
                members.WriteText(KnownNames.Email, address);
                return;
            case EmailReading.Unusual:
                members.Warn(WarningCode.EmailUnusual, "traits.email", "it is no e-mail address; it is sent as it is, and names nobody");
                members.WriteAttribute(new Property(KnownNames.Email, reserved.Email));
                return;
            case EmailReading.Unreadable:
                members.Warn(WarningCode.EmailUnreadable, "traits.email", $"it is {EmailText.WhyUnreadable(reserved.Email)} and was left out");
                break;
        }

        if (email is { } known && known != person.Value && context.RuledEmail is not { MayBeAttribute: false })
        {
            members.WriteText(KnownNames.Email, known);
        }
    }

    private static bool IsName(Utf8Text address, PersonIdentifier person) =>
        person.IsSamePerson(new PersonIdentifier(PersonIdentifierKind.Email, address));

    private void WriteAnonymousId()
    {
        if (!context.Settings.AnonymousId || !context.Rules.Anonymous)
        {
            return;
        }

        Identifier device = identify.Head.DeviceId;
        Identifier trait = Identifier.Read(reserved.AnonymousId, context.Settings.PlaceholderIdentifiers);
        Identifier anonymous = device.IsPresent ? device : trait;
        if (trait.Problem is { } problem)
        {
            members.Warn(WarningCode.ReservedName, "traits.anonymous_id", $"it {problem}; it was left out");
        }
        else if (trait.IsPresent && trait.Text != anonymous.Text)
        {
            members.Warn(WarningCode.IdDiffers, "traits.anonymous_id", "the trait anonymous_id differs from the device id; the device id is sent");
        }

        if (!anonymous.IsPresent)
        {
            IdentityMapping.Report(trait with { Problem = null, WasPlaceholder = trait.WasPlaceholder && !device.WasPlaceholder }, "traits.anonymous_id", context);
            return;
        }

        if (members.FitsDeviceId(anonymous.Text))
        {
            members.Begin("anonymous_id"u8);
            context.Output.WriteString(anonymous.Text.Span);
        }
    }

    private void WriteCreatedAt()
    {
        if (!context.IsLeftOut(reserved.CreatedAt.Kind is JsonKind.Missing or JsonKind.Null ? reserved.CreatedAtCamelCase : reserved.CreatedAt, "traits.created_at"))
        {
            members.WriteCreatedAt(reserved.CreatedAt, reserved.CreatedAtCamelCase);
        }
    }
}
