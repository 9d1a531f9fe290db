using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>Makes the event out of an item's members once its kind is known, and notes what was read otherwise than it stands there.</summary>
internal ref struct EventBuilder(in EventFields fields, EventKind kind, PlaceholderIdentifiers placeholders, bool fromBrowser)
{
    // Not copied: they are large, and every event has them.
    private readonly ref readonly EventFields _fields = ref fields;
    private readonly EventKind _kind = kind;
    private readonly PlaceholderIdentifiers _placeholders = placeholders;
    private readonly bool _fromBrowser = fromBrowser;
    private List<MappingWarning>? _notices;
    private JsonValue _properties;
    private JsonValue _traits;
    private JsonValue _context;
    private JsonValue _contextTraits;
    private JsonValue _nestedUserProps;
    private JsonValue _userProps;

    /// <summary>Makes it.</summary>
    /// <param name="problem">Why it is no event; null when it is one.</param>
    public FreshpaintEvent? Build(out string? problem)
    {
        problem = null;
        FindObjects();
        TellFactsLeftOut();
        PropertyNames names = _fields.IsWebhook ? PropertyNames.Webhook : PropertyNames.HttpApi;
        switch (_kind)
        {
            case EventKind.Identify:
                PropertySet traits = Traits();
                return new FreshpaintEvent.Identify(Head(traits), traits, _properties);
            case EventKind.Page:
                return new FreshpaintEvent.Page(Head(default), _fields.Name, PageProperties());
            case EventKind.Screen:
                return new FreshpaintEvent.Screen(Head(default), _fields.Name, _properties["$screen_name"u8], _fields.Event, new PropertySet(_properties, default, names, default));
            case EventKind.Track:
                return TryName(out Utf8Text name, out problem)
                    ? new FreshpaintEvent.Track(Head(default), name, new PropertySet(_properties, default, names, default))
                    : null;
            case EventKind.Group:
                PropertySet group = GroupTraits();
                return new FreshpaintEvent.Group(Head(default), GroupId(), group["action"u8], group["objectTypeId"u8], group);
            case EventKind.Alias:
                Identifier previous = Identifier.Read(_fields.PreviousId, _placeholders)
                    .OrMember(_properties, "previous_id"u8, _placeholders).OrMember(_properties, "previousId"u8, _placeholders).OfPerson();
                return new FreshpaintEvent.Alias(Head(default), previous);
            default:
                return new FreshpaintEvent.Unsupported(Head(default));
        }
    }

    private bool TryName(out Utf8Text name, out string? problem)
    {
        problem = null;
        if (!_fields.Event.TryGetText(out name, out bool replaced))
        {
            problem = _fields.Event.IsPresent
                ? $"event is {_fields.Event.Kind.WithArticle()}; a text was expected"
                : "event is missing: a track needs a name";
            return false;
        }

        if (replaced)
        {
            MappingWarning.Add(ref _notices, WarningCode.SurrogateReplaced, "event", MappingWarning.ReplacedSurrogate);
        }

        name = Utf8Scan.Trim(name);
        problem = name.IsEmpty ? "event is empty: a track needs a name" : null;
        return problem is null;
    }

    private void FindObjects()
    {
        _properties = ObjectIn(_fields.Properties, "properties", WarningCode.PropertiesUnreadable);
        _traits = ObjectIn(_fields.Traits, "traits", WarningCode.TraitsUnreadable);
        _context = ObjectIn(_fields.Context, "context", WarningCode.ContextUnreadable);
        _contextTraits = ObjectIn(_context["traits"u8], "context.traits", WarningCode.TraitsUnreadable);
        FindUserProps();
        if (_fields.HoldsHalfName || _properties.IsAmongHalfNames || _traits.IsAmongHalfNames || _context.IsAmongHalfNames || _userProps.IsAmongHalfNames)
        {
            MappingWarning.Add(ref _notices, WarningCode.SurrogateReplaced, "event", "a name in it holds a lone surrogate, which was replaced by U+FFFD");
        }

        // An identify without facts of its own takes those the library keeps in the context.
        if (_kind == EventKind.Identify && _fields.IsWebhook && !_traits.HasMembers && !_userProps.HasMembers && _contextTraits.HasMembers)
        {
            _traits = _contextTraits;
            FindUserProps();
        }
    }

    // Of an identify's properties only an e-mail is read, of another event's traits a user id.
    private void TellFactsLeftOut()
    {
        if (_fields.IsWebhook && _kind == EventKind.Identify && HoldsOthers(_properties, "email"u8, "email"u8))
        {
            MappingWarning.Add(ref _notices, WarningCode.FactsLeftOut, "properties", "facts about a person are read from an identify's traits; what its properties hold was left out");
        }
        else if (_kind is EventKind.Track or EventKind.Page or EventKind.Screen && HoldsOthers(_traits, "userId"u8, "user_id"u8))
        {
            MappingWarning.Add(ref _notices, WarningCode.FactsLeftOut, "traits", "facts about an event are read from its properties; what its traits hold was left out");
        }
    }

    private static bool HoldsOthers(JsonValue facts, ReadOnlySpan<byte> read, ReadOnlySpan<byte> alsoRead)
    {
        foreach (JsonMember member in facts.Members)
        {
            if (!member.NameIs(read) && !member.NameIs(alsoRead) && !ReservedNames.IsBuiltIn(member.Name.Span))
            {
                return true;
            }
        }

        return false;
    }

    private void FindUserProps()
    {
        _nestedUserProps = ObjectIn(_traits["$user_props"u8], "traits.$user_props", WarningCode.TraitsUnreadable);
        _userProps = _nestedUserProps.Kind == JsonKind.Object
            ? _nestedUserProps
            : ObjectIn(_properties["$user_props"u8], "properties.$user_props", WarningCode.TraitsUnreadable);
    }

    // The SDK call documented for identify puts the HTTP API's names into traits; there $user_props beats its siblings.
    private PropertySet Traits()
    {
        PropertySet traits = !_fields.IsWebhook ? new PropertySet(_userProps, _properties, PropertyNames.HttpApi, default)
            : _traits.Kind != JsonKind.Object ? new PropertySet(_userProps, default, PropertyNames.HttpApi, default)
            : _nestedUserProps.Kind == JsonKind.Object || _traits["distinct_id"u8].IsPresent ? new PropertySet(_nestedUserProps, _traits, PropertyNames.HttpApi, default)
            : new PropertySet(_traits, _userProps, PropertyNames.Webhook, default);
        return traits with { Own = CleanEmail(traits) };
    }

    // The rules are to see the cleaned e-mail. What is no e-mail stays as it is, and is told where it is written.
    private JsonValue CleanEmail(PropertySet traits)
    {
        JsonValue given = traits["email"u8];
        EmailReading reading = EmailText.Read(given, out Utf8Text address);
        if (reading is EmailReading.AsGiven or EmailReading.Unusual)
        {
            return default;
        }

        if (reading == EmailReading.Cleaned)
        {
            return Cleaned(address, "traits.email");
        }

        JsonValue builtIn = traits.Primary["$email"u8];
        builtIn = builtIn.IsPresent ? builtIn : traits.Secondary["$email"u8];
        EmailReading second = EmailText.Read(builtIn, out address);
        if (second == EmailReading.Unreadable)
        {
            TellUnreadable(builtIn, "traits.$email");
        }

        if (second is EmailReading.None or EmailReading.Unreadable)
        {
            return default;
        }

        if (reading == EmailReading.Unreadable)
        {
            TellUnreadable(given, "traits.email");
        }

        return second == EmailReading.Cleaned ? Cleaned(address, "traits.$email") : builtIn;
    }

    private void TellUnreadable(JsonValue email, string field) => MappingWarning.Add(
        ref _notices, WarningCode.EmailUnreadable, field, $"it is {EmailText.WhyUnreadable(email)} and was left out");

    private JsonValue Cleaned(Utf8Text address, string field)
    {
        MappingWarning.Add(ref _notices, WarningCode.EmailCleaned, field, MappingWarning.CleanedEmail);
        return EmbeddedJson.Text(address);
    }

    private readonly PropertySet GroupTraits() => _fields.IsWebhook
        ? new PropertySet(_traits.HasMembers ? _traits : _properties, default, PropertyNames.Webhook, default)
        : new PropertySet(_properties, default, PropertyNames.HttpApiGroup, default);

    private readonly Identifier GroupId()
    {
        Identifier atTheTop = _fields.IsWebhook ? Identifier.Read(_fields.GroupId, _placeholders) : Identifier.Absent;
        return atTheTop.OrMember(_properties, "$group_id"u8, _placeholders).OrMember(_properties, "groupId"u8, _placeholders);
    }

    private readonly PropertySet PageProperties()
    {
        JsonValue page = _context["page"u8];
        JsonValue url = page["url"u8];
        url = IsText(url) ? url : _properties["url"u8];
        url = IsText(url) ? url : _properties["$current_url"u8];
        return new PropertySet(_properties, page, _fields.IsWebhook ? PropertyNames.Page : PropertyNames.HttpApiPage, IsText(url) ? url : default);
    }

    private EventHead Head(in PropertySet traits)
    {
        bool identify = _kind == EventKind.Identify;
        JsonValue facts = identify && _fields.IsWebhook ? _traits : default;
        Identifier device = _fields.IsWebhook
            ? Identifier.Read(_fields.AnonymousId, _placeholders).OrMember(_properties, "$device_id"u8, _placeholders).OrMember(facts, "$device_id"u8, _placeholders)
            : Identifier.Read(_properties["$device_id"u8], _placeholders).OrMember(_properties, "anonymous_id"u8, _placeholders);
        Identifier user = UserId(facts, identify, traits);
        JsonValue time = _fields.IsWebhook ? _fields.Timestamp : _properties["time"u8];
        Identifier given = _fields.IsWebhook
            ? Identifier.Read(_fields.MessageId, _placeholders).OrMember(_properties, "$insert_id"u8, _placeholders)
            : Identifier.Read(_properties["$insert_id"u8], _placeholders) is { IsPresent: true } inserted ? inserted : Identifier.Read(_fields.MessageId, _placeholders);

        // The SDK sends the device id as the user id until somebody identifies.
        bool isDevice = user.IsPresent && user.Text == device.Text;
        return new EventHead
        {
            Shape = _fields.IsWebhook ? EventShape.Webhook : EventShape.HttpApi,
            FromBrowser = _fromBrowser,
            UserId = isDevice ? Identifier.Absent : user,
            DeviceId = device,
            GivenId = given,
            GivenName = _kind == EventKind.Track ? _fields.Event : default,
            Time = time.IsPresent ? time : _fields.IsWebhook ? facts["time"u8] : _fields.Timestamp,
            UserProps = _userProps,
            Context = _context,
            ContextTraits = _contextTraits,
            Integrations = _fields.Integrations,
            Channel = _fields.Channel,
            RawProperties = _properties,
            Notices = _notices,
        };
    }

    private Identifier UserId(JsonValue facts, bool identify, in PropertySet ofIdentify)
    {
        Identifier user = _fields.IsWebhook
            ? Identifier.Read(_fields.UserId, _placeholders).OrMember(facts, "distinct_id"u8, _placeholders).OfPerson()
            : Identifier.Read(_properties["distinct_id"u8], _placeholders).OfPerson();
        if (user.IsPresent || user.Problem is not null || _kind is EventKind.Group or EventKind.Alias)
        {
            return user;
        }

        PropertySet traits = identify ? ofIdentify : new PropertySet(_traits, default, PropertyNames.Webhook, default);
        Identifier first = Identifier.Read(traits["userId"u8], _placeholders).OfPerson();
        Identifier found = first.IsPresent ? first : Identifier.Read(traits["user_id"u8], _placeholders).OfPerson();
        if (found.IsPresent)
        {
            MappingWarning.Add(ref _notices, WarningCode.UserIdInTraits, first.IsPresent ? "traits.userId" : "traits.user_id", "there is no user id at the top; this one names the person, and stays an attribute");
        }

        return found.Problem is null ? found with { WasPlaceholder = found.WasPlaceholder || first.WasPlaceholder || user.WasPlaceholder } : user;
    }

    /// <summary>An object given as such, or inside a text; missing for anything else, which is told unless it is nothing.</summary>
    private JsonValue ObjectIn(JsonValue value, string field, WarningCode unreadable)
    {
        if (value.Kind is JsonKind.Object or JsonKind.Missing or JsonKind.Null)
        {
            return value;
        }

        if (value.TryGetText(out Utf8Text text) && EmbeddedJson.Object(text) is { IsPresent: true } embedded)
        {
            MappingWarning.Add(ref _notices, WarningCode.ReadFromText, field, "it is a text that holds an object, and was read as that object");
            return embedded;
        }

        // Some languages write an empty object as an empty list.
        if (value.Kind != JsonKind.Array || value.HasElements)
        {
            MappingWarning.Add(ref _notices, unreadable, field, $"it is {value.Kind.WithArticle()}; an object was expected, and the event goes without");
        }

        return default;
    }

    private static bool IsText(JsonValue value) => value.TryGetText(out Utf8Text text) && !text.IsBlank;
}
