using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CustomerIoDestination.Text;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>Finds the fields of a file whose names or values look like e-mail addresses, phone numbers, social security numbers or card numbers. Tells names, never values.</summary>
internal sealed partial class FieldScan
{
    private const int MostFields = 10_000;
    private const int MaxDepth = 64;

    private readonly Dictionary<(string Field, string Kind), long> _found = [];
    private readonly Dictionary<string, string?> _kindOfName = new(StringComparer.Ordinal);

    /// <summary>How often each field was found, by its path and what it looks like.</summary>
    public IReadOnlyDictionary<(string Field, string Kind), long> Found => _found;

    /// <summary>Looks at an item; one that is no JSON holds no fields.</summary>
    public void Add(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            Look(document.RootElement, "", null);
        }
        catch (JsonException)
        {
            // Refused by number when it is imported.
        }
        catch (InvalidOperationException)
        {
            // How System.Text.Json tells half of a surrogate pair.
        }
    }

    /// <summary>Tells what was found.</summary>
    public void Tell(IAnsiConsole console)
    {
        if (_found.Count == 0)
        {
            console.Line($"[green]No field looks like an e-mail address, a phone, social security or card number.[/]");
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("field", "looks like", "events");
        foreach (((string field, string kind), long count) in _found.OrderBy(pair => pair.Key.Kind, StringComparer.Ordinal).ThenByDescending(pair => pair.Value))
        {
            table.AddRow(Markup.Escape(field), kind, count.ToString("N0", CultureInfo.InvariantCulture));
        }

        console.Write(table);
    }

    private void Look(JsonElement value, string path, string? name)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    Look(member.Value, path.Length == 0 ? FieldName.Harmless(member.Name) : $"{path}.{FieldName.Harmless(member.Name)}", member.Name);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement element in value.EnumerateArray())
                {
                    Look(element, path + "[*]", name);
                }

                break;
            case JsonValueKind.String:
                Count(path, KindOfValue(value.GetString()!) ?? KindOfName(name ?? ""));
                break;
            case JsonValueKind.Number:
                Count(path, IsCard(value.GetRawText()) ? "card number" : KindOfName(name ?? ""));
                break;
        }
    }

    private void Count(string path, string? kind)
    {
        if (kind is not null && (_found.Count < MostFields || _found.ContainsKey((path, kind))))
        {
            _found[(path, kind)] = _found.GetValueOrDefault((path, kind)) + 1;
        }
    }

    private string? KindOfName(string name)
    {
        if (_kindOfName.TryGetValue(name, out string? known))
        {
            return known;
        }

        string letters = new([.. name.Where(char.IsLetter).Select(char.ToLowerInvariant)]);
        string? kind = letters.Contains("email", StringComparison.Ordinal) ? "e-mail address"
            : letters is "ssn" || letters.Contains("socialsecurity", StringComparison.Ordinal) ? "social security number"
            : letters.Contains("cardnumber", StringComparison.Ordinal) || letters.Contains("creditcard", StringComparison.Ordinal) ? "card number"
            : letters.Contains("phone", StringComparison.Ordinal) || letters is "mobile" or "cell" or "fax" ? "phone number"
            : null;
        if (_kindOfName.Count < MostFields)
        {
            _kindOfName[name] = kind;
        }

        return kind;
    }

    private static string? KindOfValue(string text) =>
        text.Length is < 6 or > 320 ? null
        : text.Contains('@', StringComparison.Ordinal) ? Email().IsMatch(text) ? "e-mail address" : null
        : !text.Any(char.IsAsciiDigit) ? null
        : SocialSecurity().IsMatch(text) ? "social security number"
        : IsCard(text) ? "card number"
        : Phone().IsMatch(text) && !Date().IsMatch(text) && text.Count(char.IsAsciiDigit) is >= 10 and <= 15 ? "phone number"
        : null;

    // 14 to 19 digits of a known issuer, with the check digit that is right for one number in ten.
    private static bool IsCard(string text)
    {
        if (!Card().IsMatch(text))
        {
            return false;
        }

        int sum = 0;
        bool twice = false;
        for (int i = text.Length - 1; i >= 0; i--)
        {
            if (char.IsAsciiDigit(text[i]))
            {
                int digit = (text[i] - '0') * (twice ? 2 : 1);
                sum += digit > 9 ? digit - 9 : digit;
                twice = !twice;
            }
        }

        return sum % 10 == 0;
    }

    [GeneratedRegex(@"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]{2,}", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Email();

    [GeneratedRegex("^(?!000|666|9)[0-9]{3}[- ](?!00)[0-9]{2}[- ](?!0000)[0-9]{4}$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex SocialSecurity();

    [GeneratedRegex("^(?:4|5[1-5]|2[2-7]|3[47]|3[068]|6(?:011|5|4))(?:[ -]?[0-9]){11,18}$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Card();

    [GeneratedRegex(@"^(?:\+|\(|[0-9])[0-9 ()./-]{8,24}$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Phone();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}|^[0-9]+([.][0-9]+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Date();
}
