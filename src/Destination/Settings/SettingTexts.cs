using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Reflection;

namespace CustomerIoDestination.Settings;

/// <summary>How the text of a setting becomes its value, for each type that a setting has.</summary>
internal static class SettingTexts
{
    /// <summary>The value that a text means for a property; null when it means none.</summary>
    /// <param name="property">The property.</param>
    /// <param name="text">The text, trimmed.</param>
    /// <param name="wrong">Is told each thing that is wrong with it, and never what a secret is.</param>
    public static object? Read(PropertyInfo property, string text, Action<string> wrong)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type == typeof(Secret) || type == typeof(IReadOnlyList<Secret>))
        {
            return Secret(text, property.GetCustomAttribute<SecretLengthAttribute>()?.Minimum ?? 1, wrong);
        }

        if (type == typeof(IReadOnlyList<string>))
        {
            return Origins(text, wrong);
        }

        if (type == typeof(IReadOnlyList<IPNetwork>))
        {
            return Networks(text, wrong);
        }

        object? value = type switch
        {
            _ when type == typeof(string) => property.IsDefined(typeof(HostNameAttribute)) ? HostName(text) : text,
            _ when type == typeof(bool) => Flag(text),
            _ when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null,
            _ when type == typeof(double) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) ? share : null,
            _ when type == typeof(TimeSpan) => Span(text),
            _ when type == typeof(Uri) => Url(text),
            _ when type == typeof(PlaceholderIdentifiers) => PlaceholderIdentifiers.Of(text),
            { IsEnum: true } => Choice(type, text),
            _ => throw new NotSupportedException($"A setting can't be of the type {type}."),
        };
        if (value is null)
        {
            wrong(WhatWouldBeRight(property, type));
        }

        return value;
    }

    // Of what has bounds, the message that their validator has for it.
    private static string WhatWouldBeRight(PropertyInfo property, Type type) => type switch
    {
        _ when property.GetCustomAttribute<RangeAttribute>() is { } bounds => bounds.FormatErrorMessage("")[1..],
        _ when type == typeof(bool) => "is neither true nor false",
        _ when type == typeof(Uri) => "is no absolute http or https address",
        { IsEnum: true } => $"is none of {string.Join(", ", Enum.GetNames(type).Select(word => char.ToLowerInvariant(word[0]) + word[1..]))}",
        _ => "is no host name in a domain, like my-namespace.servicebus.windows.net",
    };

    private static Secret Secret(string text, int minimumLength, Action<string> wrong)
    {
        if (text.Length < minimumLength)
        {
            wrong($"has {text.Length} characters; at least {minimumLength} are needed");
        }

        return new Secret(text);
    }

    private static object? Flag(string text) => text switch
    {
        "1" => true,
        "0" => false,
        _ => bool.TryParse(text, out bool flag) ? flag : null,
    };

    // A bare number would be read as days.
    private static TimeSpan? Span(string text) =>
        text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span) ? span : null;

    // A number is no word, though it stands for one in an enum.
    private static object? Choice(Type type, string text) =>
        Enum.GetNames(type).FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse(type, name) : null;

    private static Uri? Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.Query.Length == 0 ? url : null;

    // An address is what portals and templates give, so its scheme, port and path are taken off; a name without a domain is a mistake.
    private static string? HostName(string text)
    {
        string address = text.Contains("://", StringComparison.Ordinal) ? text : $"sb://{text}";
        return Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri is { HostNameType: UriHostNameType.Dns, PathAndQuery: "/" } && uri.Host.Contains('.', StringComparison.Ordinal)
            ? uri.Host
            : null;
    }

    // Each exactly as a browser sends it: scheme, host in lower case, the port unless it is the scheme's own. No wildcard and no null: who may send is named.
    private static string[] Origins(string text, Action<string> wrong)
    {
        string[] origins = Items(text);
        foreach (string origin in origins)
        {
            string? exact = Uri.TryCreate(origin, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url is { UserInfo: "", Query: "", Fragment: "" }
                && !origin.Contains('*', StringComparison.Ordinal)
                ? $"{url.Scheme}://{url.IdnHost.ToLowerInvariant()}{(url.IsDefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{url.Port}"))}"
                : null;
            if (exact is null)
            {
                wrong($"'{origin}' is no origin; write each as https://host or https://host:port, without a wildcard");
            }
            else if (exact != origin)
            {
                wrong($"'{origin}' is not how a browser writes it; write {exact}");
            }
        }

        return origins;
    }

    private static List<IPNetwork> Networks(string text, Action<string> wrong)
    {
        List<IPNetwork> networks = [];
        foreach (string item in Items(text))
        {
            if (IPNetwork.TryParse(item, out IPNetwork network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(item, out IPAddress? address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                wrong($"'{item}' is neither an address nor a network such as 10.0.0.0/8");
            }
        }

        return networks;
    }

    private static string[] Items(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
