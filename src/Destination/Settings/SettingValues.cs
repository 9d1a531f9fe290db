using System.Globalization;
using System.Net;
using CustomerIoDestination.Model;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.Settings;

/// <summary>
/// Reads single settings out of the configuration and collects what is wrong with them, so that one message can list everything. An empty value
/// counts as not set, because that is how Bicep and compose files leave one out.
/// </summary>
internal sealed class SettingValues(IConfiguration configuration)
{
    /// <summary>
    /// How a reference to a vault begins. Where the platform can't resolve one, the app gets this very text: as a key it could be guessed by anybody.
    /// </summary>
    private const string VaultReference = "@Microsoft.KeyVault(";

    private readonly List<Problem> _problems = [];

    /// <summary>What was wrong so far.</summary>
    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>Something is wrong with a setting, or with several together.</summary>
    public void Problem(string name, string message) => _problems.Add(new Problem(name, message));

    /// <summary>Text; null when not set, and for a reference to a vault that was not resolved, which is a problem.</summary>
    public string? Text(string name)
    {
        string? text = configuration[name.Replace("__", ":", StringComparison.Ordinal)]?.Trim();
        if (text?.StartsWith(VaultReference, StringComparison.OrdinalIgnoreCase) == true)
        {
            return Wrong<string?>(name, "is a reference to a vault that was not resolved: does the secret exist, and may the app's identity read it?", null);
        }

        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>Text of a setting whose empty value is a value too; null when not set.</summary>
    public string? TextOrEmpty(string name) => Text(name) ?? (configuration[name.Replace("__", ":", StringComparison.Ordinal)] is null ? null : "");

    /// <summary>
    /// The name of a host in a domain. An address is what portals and templates give, so its scheme, port and path are taken off; a name without a domain
    /// is a mistake.
    /// </summary>
    public string? HostName(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        string address = text.Contains("://", StringComparison.Ordinal) ? text : $"sb://{text}";
        return Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri is { HostNameType: UriHostNameType.Dns, PathAndQuery: "/" } && uri.Host.Contains('.', StringComparison.Ordinal)
            ? uri.Host
            : Wrong<string?>(name, "is no host name in a domain, like my-namespace.servicebus.windows.net", null);
    }

    /// <summary>A secret of at least <paramref name="minimumLength"/> characters; null when not set.</summary>
    public Secret? Secret(string name, int minimumLength = 1)
    {
        string? text = Text(name);
        if (text is not null && text.Length < minimumLength)
        {
            Problem(name, $"has {text.Length} characters; at least {minimumLength} are needed");
        }

        return text is null ? null : new Secret(text);
    }

    /// <summary>Two secrets for rotation, <c>…__0</c> and <c>…__1</c>.</summary>
    public IReadOnlyList<Secret> Secrets(string name, int minimumLength) =>
        [.. new[] { Secret($"{name}__0", minimumLength), Secret($"{name}__1", minimumLength) }.OfType<Secret>()];

    /// <summary>A flag.</summary>
    public bool Flag(string name, bool fallback) => Text(name) switch
    {
        null => fallback,
        var text when bool.TryParse(text, out bool flag) => flag,
        "1" => true,
        "0" => false,
        _ => Wrong(name, "is neither true nor false", fallback),
    };

    /// <summary>A whole number within bounds.</summary>
    public int Number(string name, int fallback, int minimum, int maximum)
    {
        string? text = Text(name);
        if (text is null)
        {
            return fallback;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= minimum && number <= maximum
            ? number
            : Wrong(name, string.Create(CultureInfo.InvariantCulture, $"is no whole number from {minimum} to {maximum}"), fallback);
    }

    /// <summary>A share, from 0 to 1, with a point whatever the machine's culture.</summary>
    public double Share(string name, double fallback)
    {
        string? text = Text(name);
        if (text is null)
        {
            return fallback;
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1
            ? share
            : Wrong(name, "is no number from 0 to 1", fallback);
    }

    /// <summary>A span of time within bounds, as <c>d.hh:mm:ss</c>.</summary>
    public TimeSpan? Duration(string name, TimeSpan? fallback, TimeSpan minimum, TimeSpan maximum)
    {
        string? text = Text(name);
        if (text is null)
        {
            return fallback;
        }

        // A bare number would be read as days.
        return text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan duration)
            && duration >= minimum && duration <= maximum
            ? duration
            : Wrong(name, $"is no time span (d.hh:mm:ss) from {minimum} to {maximum}", fallback);
    }

    /// <summary>One of a closed set of words.</summary>
    public T Choice<T>(string name, T fallback)
        where T : struct, Enum
    {
        string? text = Text(name);
        if (text is null)
        {
            return fallback;
        }

        foreach (T value in Enum.GetValues<T>())
        {
            if (string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        string words = string.Join(", ", Enum.GetNames<T>().Select(word => char.ToLowerInvariant(word[0]) + word[1..]));
        return Wrong(name, $"is none of {words}", fallback);
    }

    /// <summary>An absolute HTTP or HTTPS address without a query; null when not set.</summary>
    public Uri? Url(string name)
    {
        string? text = Text(name);
        if (text is null)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.Query.Length == 0
            ? url
            : Wrong<Uri?>(name, "is no absolute http or https address", null);
    }

    /// <summary>
    /// Origins with commas between, each exactly as a browser sends it: scheme, host in lower case, the port unless it is the scheme's own. No wildcard and no <c>null</c>: who
    /// may send is named.
    /// </summary>
    public IReadOnlyList<string> Origins(string name)
    {
        string[] origins = Items(name);
        foreach (string origin in origins)
        {
            string? exact = Uri.TryCreate(origin, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url is { UserInfo: "", Query: "", Fragment: "" }
                && !origin.Contains('*', StringComparison.Ordinal)
                ? $"{url.Scheme}://{url.IdnHost.ToLowerInvariant()}{(url.IsDefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{url.Port}"))}"
                : null;
            if (exact is null)
            {
                Problem(name, $"'{origin}' is no origin; write each as https://host or https://host:port, without a wildcard");
            }
            else if (exact != origin)
            {
                Problem(name, $"'{origin}' is not how a browser writes it; write {exact}");
            }
        }

        return origins;
    }

    /// <summary>Addresses and networks (<c>10.0.0.0/8</c>) with commas between.</summary>
    public IReadOnlyList<IPNetwork> Networks(string name)
    {
        List<IPNetwork> networks = [];
        foreach (string item in Items(name))
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
                Problem(name, $"'{item}' is neither an address nor a network such as 10.0.0.0/8");
            }
        }

        return networks;
    }

    private string[] Items(string name) => Text(name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private T Wrong<T>(string name, string message, T fallback)
    {
        Problem(name, message);
        return fallback;
    }
}
