using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Spectre.Console;

namespace CustomerIoDestination.Cli;

/// <summary>Writes marked-up text in which every value is shown harmlessly, and numbers as in every country.</summary>
internal static class ConsoleText
{
    /// <summary>Writes text.</summary>
    public static void Text(this IAnsiConsole console, FormattableString text) => console.MarkupInterpolated(CultureInfo.InvariantCulture, Shown(text));

    /// <summary>Writes a line.</summary>
    public static void Line(this IAnsiConsole console, FormattableString text) => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, Shown(text));

    /// <summary>
    /// A text that senders or hosts wrote, as it may reach a terminal: control characters and direction marks as <c>\u001B</c>, which in JSON means the same. Line
    /// breaks and tabs stay.
    /// </summary>
    public static string Harmless(string text)
    {
        if (!text.EnumerateRunes().Any(IsHarmful))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = IsHarmful(rune) ? shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}") : shown.Append(rune);
        }

        return shown.ToString();
    }

    private static FormattableString Shown(FormattableString text) => FormattableStringFactory.Create(
        text.Format, [.. text.GetArguments().Select(static value => value is null or IFormattable ? value : Harmless(value.ToString() ?? ""))]);

    private static bool IsHarmful(Rune rune) => rune.Value is not ('\n' or '\r' or '\t')
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
