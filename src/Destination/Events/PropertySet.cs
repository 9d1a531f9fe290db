using System.Text;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>
/// The properties or traits of an event as one set, whatever places of the sender's JSON they come from: <paramref name="Primary"/> wins over
/// <paramref name="Secondary"/>. Names that are reserved or built in (<c>$…</c>) are in neither enumeration nor look-up.
/// </summary>
/// <param name="Primary">An object, or missing.</param>
/// <param name="Secondary">An object whose members fill in for names the first lacks, or missing.</param>
/// <param name="Names">Which names belong to the set.</param>
/// <param name="Own">A value that wins over all for <see cref="OwnName"/>, or missing.</param>
internal readonly record struct PropertySet(JsonValue Primary, JsonValue Secondary, PropertyNames Names, JsonValue Own)
{
    private static readonly Utf8Text Url = Utf8Text.Of("url");
    private static readonly Utf8Text Email = Utf8Text.Of("email");

    /// <summary>The name of <see cref="Own"/>: a page's <c>url</c>, which names it, else a person's <c>email</c>, as cleaned.</summary>
    public Utf8Text OwnName => Names is PropertyNames.Page or PropertyNames.HttpApiPage ? Url : Email;

    /// <summary>The value of a name; missing when the set has none.</summary>
    public JsonValue this[ReadOnlySpan<byte> name]
    {
        get
        {
            if (Own.IsPresent && name.SequenceEqual(OwnName.Span))
            {
                return Own;
            }

            if (ReservedNames.IsReserved(name, Names))
            {
                return default;
            }

            JsonValue value = Primary[name];
            return value.IsPresent || !AllowsSecondary(name) ? value : Secondary[name];
        }
    }

    /// <summary><c>distinct_id</c>, which is reserved and in no enumeration, but may tell an e-mail.</summary>
    public JsonValue DistinctId => Names == PropertyNames.HttpApi ? Secondary["distinct_id"u8] : default;

    /// <summary>Whether the second object may fill in this name.</summary>
    public bool AllowsSecondary(ReadOnlySpan<byte> name) =>
        Names is not (PropertyNames.Page or PropertyNames.HttpApiPage) || ReservedNames.IsPageContext(name);

    /// <summary>For <c>foreach</c>.</summary>
    public PropertyEnumerator GetEnumerator() => new(this);
}

/// <summary>Which names belong to a <see cref="PropertySet"/>.</summary>
internal enum PropertyNames
{
    /// <summary>All but the built-in.</summary>
    Webhook,

    /// <summary>The same; of the second object only the facts of a page.</summary>
    Page,

    /// <summary>All but the built-in and the HTTP API's own (<c>distinct_id</c>, <c>token</c>, <c>time</c>, …).</summary>
    HttpApi,

    /// <summary>The same; of the second object only the facts of a page.</summary>
    HttpApiPage,

    /// <summary>The same as for the HTTP API, without <c>groupId</c>, which names the group.</summary>
    HttpApiGroup,

    /// <summary>All: a rule let them through.</summary>
    All,
}

/// <summary>One property.</summary>
/// <param name="Name">Its name, unescaped.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct Property(Utf8Text Name, JsonValue Value);

/// <summary>Walks a <see cref="PropertySet"/>: the first object's, then what the second fills in, then the set's own value when neither had one.</summary>
internal struct PropertyEnumerator
{
    private const int FewMembers = 32;

    private readonly PropertySet _set;
    private JsonMembers.Enumerator _primary;
    private JsonMembers.Enumerator _secondary;
    private HashSet<Utf8Text>? _primaryNames;
    private int _primaryCount;
    private bool _primaryEnded;
    private bool _ownPending;

    /// <summary>Starts before the first property.</summary>
    public PropertyEnumerator(PropertySet set)
    {
        _set = set;
        _primary = set.Primary.Members.GetEnumerator();
        _secondary = set.Secondary.Members.GetEnumerator();
        _ownPending = set.Own.IsPresent;
    }

    public Property Current { get; private set; }

    /// <summary>Goes to the next property.</summary>
    public bool MoveNext()
    {
        while (!_primaryEnded)
        {
            if (!_primary.MoveNext())
            {
                _primaryEnded = true;
                break;
            }

            _primaryCount++;
            if (Accept(_primary.Current))
            {
                return true;
            }
        }

        while (_secondary.MoveNext())
        {
            JsonMember member = _secondary.Current;
            if (_set.AllowsSecondary(member.Name.Span) && !PrimaryHas(member) && Accept(member))
            {
                return true;
            }
        }

        if (_ownPending)
        {
            _ownPending = false;
            Current = new Property(_set.OwnName, _set.Own);
            return true;
        }

        return false;
    }

    private bool Accept(JsonMember member)
    {
        Utf8Text name = member.Name;
        if (ReservedNames.IsReserved(name.Span, _set.Names))
        {
            return false;
        }

        if (_set.Own.IsPresent && name.Equals(_set.OwnName))
        {
            _ownPending = false;
            Current = new Property(name, _set.Own);
            return true;
        }

        Current = new Property(name, member.Value);
        return true;
    }

    private bool PrimaryHas(JsonMember member)
    {
        Utf8Text name = member.Name;
        if (_primaryCount <= FewMembers)
        {
            return _set.Primary[name.Span].IsPresent;
        }

        if (_primaryNames is null)
        {
            _primaryNames = [];
            foreach (JsonMember primary in _set.Primary.Members)
            {
                _primaryNames.Add(primary.Name);
            }
        }

        return _primaryNames.Contains(name);
    }
}

/// <summary>Names that are Freshpaint's own and never become attributes or data (mapping.md 1, "Reserved keys").</summary>
internal static class ReservedNames
{
    /// <summary>Whether a name is left out of a set of properties.</summary>
    public static bool IsReserved(ReadOnlySpan<byte> name, PropertyNames names) => names switch
    {
        PropertyNames.All => false,
        PropertyNames.HttpApi or PropertyNames.HttpApiPage => IsBuiltIn(name) || IsHttpApiOwn(name),
        PropertyNames.HttpApiGroup => IsBuiltIn(name) || IsHttpApiOwn(name) || name.SequenceEqual("groupId"u8),
        _ => IsBuiltIn(name),
    };

    /// <summary>
    /// Whether a name is of a fact that Freshpaint's libraries add by themselves: <c>$…</c>, and the advertising ids that its mobile libraries send without
    /// the <c>$</c>, in any case.
    /// </summary>
    public static bool IsBuiltIn(ReadOnlySpan<byte> name) => name.StartsWith("$"u8) || IsAdvertisingId(name);

    /// <summary>Whether a member of <c>context.page</c> is a fact of the page that its data carries.</summary>
    public static bool IsPageContext(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 => name.SequenceEqual("url"u8),
        4 => name.SequenceEqual("path"u8),
        5 => name.SequenceEqual("title"u8),
        6 => name.SequenceEqual("search"u8),
        8 => name.SequenceEqual("referrer"u8),
        _ => false,
    };

    private static bool IsAdvertisingId(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 => Is(name, "gaid"u8) || Is(name, "idfa"u8) || Is(name, "idfv"u8),
        10 => Is(name, "android_id"u8) || Is(name, "att_status"u8),
        13 => Is(name, "advertisingId"u8),
        14 => Is(name, "advertising_id"u8),
        17 => Is(name, "adTrackingEnabled"u8),
        _ => false,
    };

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(name, known);

    private static bool IsHttpApiOwn(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 => name.SequenceEqual("time"u8),
        5 => name.SequenceEqual("token"u8),
        11 => name.SequenceEqual("distinct_id"u8) || name.SequenceEqual("previous_id"u8),
        12 => name.SequenceEqual("anonymous_id"u8),
        _ => false,
    };
}
