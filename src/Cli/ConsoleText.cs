using System.Globalization;
using System.Runtime.CompilerServices;
using CustomerIoDestination.Text;
using Spectre.Console;

namespace CustomerIoDestination.Cli;

/// <summary>
/// Writes marked-up text in which every value is shown as it is, and numbers as in every country. Characters by which a sender could turn, hide or colour
/// what the terminal shows are shown by their number.
/// </summary>
internal static class ConsoleText
{
    /// <summary>Writes text.</summary>
    public static void Text(this IAnsiConsole console, FormattableString text) => console.MarkupInterpolated(CultureInfo.InvariantCulture, Visible(text));

    /// <summary>Writes a line.</summary>
    public static void Line(this IAnsiConsole console, FormattableString text) => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, Visible(text));

    /// <summary>Writes lines without any mark-up and without folding long ones: folded JSON is none.</summary>
    public static void Plain(this IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(FieldName.Visible(text));

    /// <summary>A value for a place that takes mark-up.</summary>
    public static string Cell(string? value) => Markup.Escape(FieldName.Visible(value ?? ""));

    private static FormattableString Visible(FormattableString text) => FormattableStringFactory.Create(
        text.Format, [.. text.GetArguments().Select(value => value is IFormattable or null ? value : FieldName.Visible(value.ToString() ?? ""))]);
}
