using System.CommandLine;
using System.CommandLine.Parsing;
using CustomerIoDestination.Cli.Configuration;
using CustomerIoDestination.Cli.Host;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Cli.Commands;

/// <summary>How a command reaches a running host: <c>--url</c> and <c>--key</c>.</summary>
internal sealed class HostOptions(string keyHeader, string keyMeaning, Func<DestinationSettings, IReadOnlyList<Secret>> configured)
{
    private readonly Option<Uri> _url = new("--url")
    {
        Description = "The host's address.",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:7071"),
        CustomParser = Address,
    };

    private readonly Option<string?> _key = new("--key") { Description = $"{keyMeaning}; without it, the one of the settings." };

    /// <summary>For commands that look and operate.</summary>
    public static HostOptions Admin() => new("X-Admin-Key", "The admin key", settings => settings.Admin.Keys);

    /// <summary>For commands that send events.</summary>
    public static HostOptions Ingest() => new("X-Ingest-Key", "The ingest key", settings => settings.Ingest.Keys);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_key);
    }

    /// <summary>The host that was asked for.</summary>
    /// <exception cref="UnusableKeyException">No request could carry the key.</exception>
    public HostApi Open(ParseResult parsed, CliContext cli)
    {
        string? key = parsed.GetValue(_key);
        if (key is null && CliConfiguration.Read(cli.WorkingDirectory) is Checked<DestinationSettings>.Valid { Value: var settings })
        {
            key = configured(settings) is [var first, ..] ? first.Reveal() : null;
        }

        if (key is not null && !CanBeSent(key))
        {
            throw new UnusableKeyException($"{keyMeaning} {(parsed.GetValue(_key) is null ? "of the settings" : "of --key")} can't be sent: a key is visible ASCII characters, with blanks only between them and without a line end.");
        }

        Uri url = parsed.GetRequiredValue(_url);
        return new HostApi(cli.Http, url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/"), key, keyHeader);
    }

    /// <summary>What was given of it, for a line that repeats the command; never the key.</summary>
    public IReadOnlyList<string> Repeated(ParseResult parsed) => parsed.GetResult(_url) is { Implicit: false } ? ["--url", parsed.GetRequiredValue(_url).OriginalString] : [];

    /// <summary>Whether the key was given.</summary>
    public bool GivesKey(ParseResult parsed) => parsed.GetValue(_key) is not null;

    // As the value of a header. What goes out otherwise than it was given would be told as a wrong key, or as a host that does not answer.
    private static bool CanBeSent(string key) => key.Length > 0 && key.All(character => character is >= ' ' and <= '~') && key[0] != ' ' && key[^1] != ' ';

    private static Uri? Address(ArgumentResult result)
    {
        if (!Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            result.AddError($"'{result.Tokens[0].Value}' is no http or https address.");
            return null;
        }

        if (address.UserInfo.Length > 0)
        {
            result.AddError("The address names a user or password, which no request would carry and every message would show: leave them out.");
            return null;
        }

        return address;
    }
}

/// <summary>That a key can't be sent. Told by <see cref="DestinationCommand"/>, once for all commands that take a key.</summary>
internal sealed class UnusableKeyException(string message) : Exception(message);
