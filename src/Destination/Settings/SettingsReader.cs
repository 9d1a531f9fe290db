using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using CustomerIoDestination.Model;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CustomerIoDestination.Settings;

/// <summary>
/// Reads and checks every setting at once. A wrong, contradicting or misspelt one stops the start with a message that lists them all. The binder of
/// Microsoft.Extensions.Configuration would stop at the first wrong one, repeat its value, which may be a secret, and take a number for a word of a closed set.
/// </summary>
public static class SettingsReader
{
    /// <summary>What they are called in the message that lists their problems.</summary>
    public const string What = "The settings";

    // How a reference to a vault begins. Where the platform can't resolve one, the app gets this very text: as a key it could be guessed by anybody.
    private const string VaultReference = "@Microsoft.KeyVault(";

    private static readonly SettingBounds Bounds = new();

    /// <summary>Why a settings file can't be read: in words that follow its name and hold no value of it.</summary>
    /// <param name="failure">What the configuration's reader said, or System.Text.Json.</param>
    public static string WhyUnreadable(Exception failure) => failure switch
    {
        InvalidDataException { InnerException: FormatException { InnerException: null } told } => $"can't be taken: {told.Message.TrimEnd('.')}",
        _ when failure.GetBaseException() is JsonException { LineNumber: { } line } => string.Create(CultureInfo.InvariantCulture, $"is no JSON at line {line + 1}"),

        // How System.Text.Json tells half of a surrogate pair.
        _ => "holds half of a surrogate pair (\\ud800 to \\udfff): a text needs both",
    };

    /// <summary>Reads the settings.</summary>
    public static Checked<DestinationSettings> Read(IConfiguration configuration)
    {
        var settings = new DestinationSettings();
        List<Problem> problems = [];
        foreach (Setting setting in SettingNames.Settings)
        {
            if (Text(setting, configuration, problems) is { } text
                && SettingTexts.Read(setting.Property, text, wrong => problems.Add(new Problem(setting.Name, wrong))) is { } value)
            {
                setting.Put(settings, value);
            }
        }

        problems.AddRange(OutOfBounds(settings));
        problems.AddRange(SettingAgreement.Problems(settings));
        var names = new SettingNameCheck(configuration);
        problems.AddRange(names.Problems());
        return problems.Count == 0
            ? new Checked<DestinationSettings>.Valid(settings with { Warnings = [.. names.Warnings(), .. SettingAgreement.Warnings(settings)] })
            : new Checked<DestinationSettings>.Invalid(What, problems);
    }

    // An empty value counts as not set, because that is how Bicep and compose files leave one out; but an empty list of words is a list.
    private static string? Text(Setting setting, IConfiguration configuration, List<Problem> problems)
    {
        string? text = configuration[setting.Name.Replace("__", ":", StringComparison.Ordinal)]?.Trim();
        if (text?.StartsWith(VaultReference, StringComparison.OrdinalIgnoreCase) == true)
        {
            problems.Add(new Problem(setting.Name, "is a reference to a vault that was not resolved: does the secret exist, and may the app's identity read it?"));
            return null;
        }

        return text?.Length == 0 && setting.Property.PropertyType != typeof(PlaceholderIdentifiers) ? null : text;
    }

    // The generated validator tells "Property RetryWindow: DestinationSettings.Delivery.RetryWindow is no time span …".
    private static IEnumerable<Problem> OutOfBounds(DestinationSettings settings) =>
        from failure in Bounds.Validate(nameof(DestinationSettings), settings).Failures ?? []
        let told = failure[(failure.IndexOf(": ", StringComparison.Ordinal) + 2)..].Split(' ', 2)
        let setting = SettingNames.Settings.Single(setting => told[0] == $"{nameof(DestinationSettings)}.{setting.Section.Name}.{setting.Property.Name}")
        select new Problem(setting.Name, told[1]);
}

/// <summary>Holds every setting with a bound against it; generated from the attributes.</summary>
[OptionsValidator]
internal sealed partial class SettingBounds : IValidateOptions<DestinationSettings>;

/// <summary>A whole number within bounds, both included.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WholeNumberAttribute : RangeAttribute
{
    public WholeNumberAttribute(int minimum, int maximum)
        : base(minimum, maximum) => ErrorMessage = "{0} is no whole number from {1} to {2}";
}

/// <summary>A span of time within bounds, both included, as <c>d.hh:mm:ss</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimeSpanWithinAttribute : RangeAttribute
{
    public TimeSpanWithinAttribute(string minimum, string maximum)
        : base(typeof(TimeSpan), minimum, maximum) => ErrorMessage = "{0} is no time span (d.hh:mm:ss) from {1} to {2}";
}

/// <summary>A share, from 0 to 1.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ShareAttribute : RangeAttribute
{
    public ShareAttribute()
        : base(0d, 1d) => ErrorMessage = "{0} is no number from {1} to {2}";
}

/// <summary>The fewest characters of a secret: a shorter one can be guessed.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretLengthAttribute(int minimum) : Attribute
{
    public int Minimum => minimum;
}

/// <summary>The name of a host in a domain.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HostNameAttribute : Attribute;
