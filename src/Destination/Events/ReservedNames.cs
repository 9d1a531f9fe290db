using System.Text;

namespace CustomerIoDestination.Events;

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
