using System.Globalization;
using Spectre.Console;

namespace CustomerIoDestination.Cli;

/// <summary>Writes marked-up text in which every value is shown as it is, and numbers as in every country.</summary>
internal static class ConsoleText
{
    /// <summary>Writes text.</summary>
    public static void Text(this IAnsiConsole console, FormattableString text) => console.MarkupInterpolated(CultureInfo.InvariantCulture, text);

    /// <summary>Writes a line.</summary>
    public static void Line(this IAnsiConsole console, FormattableString text) => console.MarkupLineInterpolated(CultureInfo.InvariantCulture, text);
}
