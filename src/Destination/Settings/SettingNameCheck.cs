using CustomerIoDestination.Model;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.Settings;

/// <summary>
/// Finds names that were meant as settings of this product and are none. A name that reads like one stops the start: ignored, it would leave a default in force that
/// nobody wanted. A name that somebody else may have made, as Kubernetes and azd do in capitals, only warns.
/// </summary>
internal sealed class SettingNameCheck
{
    // Sections of the platforms around this product, by how they begin.
    private static readonly string[] OfOthers =
    [
        "AzureWebJobs", "AzureFunctions", "ASPNETCORE", "DOTNET", "OTEL", "WEBSITE", "FUNCTIONS", "APPLICATIONINSIGHTS", "APPINSIGHTS", "SCM", "Logging", "Kestrel",
        "AllowedHosts", "ConnectionStrings", "Serilog",
    ];

    private readonly HashSet<string> _known = SettingNames.All.Concat(SettingNames.ReadByTheFunctionsHost).ToHashSet(StringComparer.OrdinalIgnoreCase);
    private readonly string[] _given;

    /// <summary>Looks at every name of a configuration.</summary>
    public SettingNameCheck(IConfiguration configuration) =>
        _given = [.. configuration.AsEnumerable().Where(pair => pair.Value is not null).Select(pair => pair.Key.Replace(":", "__", StringComparison.Ordinal))];

    /// <summary>Names because of which the host must not start.</summary>
    public IEnumerable<Problem> Problems() => _given.Where(name => !_known.Contains(name)).Select(ProblemOf).OfType<Problem>();

    /// <summary>Names that look like a setting that is not set.</summary>
    public IEnumerable<Problem> Warnings() =>
        from name in _given
        where !_known.Contains(name) && ProblemOf(name) is null
        let meant = _known.FirstOrDefault(known => string.Equals(Letters(known), Letters(name), StringComparison.OrdinalIgnoreCase))
        where meant is not null && !_given.Contains(meant, StringComparer.OrdinalIgnoreCase)
        select new Problem(name, $"is not read; if the setting {meant} was meant, write it so");

    private Problem? ProblemOf(string name)
    {
        if (name.Any(char.IsLower) && name.Any(char.IsUpper) && _known.TryGetValue(Doubled(name), out string? doubled))
        {
            return new Problem(name, $"is no setting of this product; did you mean {doubled}?");
        }

        int end = name.IndexOf("__", StringComparison.Ordinal);
        if (end <= 0)
        {
            return null;
        }

        string section = name[..end];
        if (SettingNames.Sections.Contains(section, StringComparer.OrdinalIgnoreCase))
        {
            return new Problem(name, Spelling.Nearest(name, _known) is { } near
                ? $"is no setting of this product; did you mean {near}?"
                : "is no setting of this product; docs/settings.md has their names");
        }

        if (Array.Exists(OfOthers, other => section.StartsWith(other, StringComparison.OrdinalIgnoreCase)) || Spelling.Nearest(section, SettingNames.Sections) is not { } meant)
        {
            return null;
        }

        string whole = meant + name[end..];
        string guess = _known.TryGetValue(whole, out string? exact) ? exact : Spelling.Nearest(whole, _known) ?? $"{meant}__…";
        return new Problem(name, $"is no setting of this product; did you mean {guess}?");
    }

    private static string Doubled(string name) => name.Replace("__", "_", StringComparison.Ordinal).Replace("_", "__", StringComparison.Ordinal);

    private static string Letters(string name) => name.Replace("_", "", StringComparison.Ordinal);
}

/// <summary>Tells which known name somebody meant who wrote another. Upper and lower case don't count.</summary>
internal static class Spelling
{
    private const int LongName = 8;

    /// <summary>Whether a name is the known one or a slip of it: one edit from it, two where the known one has eight letters or more.</summary>
    public static bool IsNear(string name, string known) => Edits(name, known) <= Allowed(known);

    /// <summary>The known name that is nearest; null when none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> known) => known.Where(candidate => IsNear(name, candidate)).MinBy(candidate => Edits(name, candidate));

    private static int Allowed(string known) => known.Length >= LongName ? 2 : 1;

    // A letter more, less or another one, or two neighbours in the wrong order.
    private static int Edits(string name, string known)
    {
        if (Math.Abs(name.Length - known.Length) > Allowed(known))
        {
            return int.MaxValue;
        }

        int[,] edits = new int[name.Length + 1, known.Length + 1];
        for (int i = 0; i <= name.Length; i++)
        {
            for (int j = 0; j <= known.Length; j++)
            {
                edits[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1,
                    edits[i - 1, j - 1] + (Same(name[i - 1], known[j - 1]) ? 0 : 1));
                if (i > 1 && j > 1 && Same(name[i - 1], known[j - 2]) && Same(name[i - 2], known[j - 1]))
                {
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
                }
            }
        }

        return edits[name.Length, known.Length];
    }

    private static bool Same(char x, char y) => char.ToUpperInvariant(x) == char.ToUpperInvariant(y);
}
