using CustomerIoDestination.Cli.Importing;

namespace CustomerIoDestination.Cli.Commands;

/// <summary>What was asked of an import.</summary>
/// <param name="Format">What is in the files; null to find out.</param>
/// <param name="Map">The file that says what a CSV's columns are; null for none.</param>
/// <param name="State">Where the state is kept; null for beside the file.</param>
/// <param name="Scan">Whether to report fields that look personal first.</param>
/// <param name="Rehearse">Whether to map only.</param>
/// <param name="Yes">Whether not to ask.</param>
/// <param name="Host">How the host was given, as it is typed; without the key.</param>
/// <param name="KeyIsGiven">Whether a key was typed.</param>
internal sealed record ImportChoice(ImportFormat? Format, string? Map, string? State, bool Scan, bool Rehearse, bool Yes, IReadOnlyList<string> Host, bool KeyIsGiven)
{
    /// <summary>The command that imports files as was asked, without the key.</summary>
    public string Command(IReadOnlyList<ImportSource> files) => ShellText.Line(
    [
        "import",
        .. files.Select(file => file.Name),
        .. Format is { } format ? ["--format", format.ToString().ToLowerInvariant()] : Array.Empty<string>(),
        .. Map is { } map && files.Any(file => file.Format == ImportFormat.Csv) ? ["--map", map] : Array.Empty<string>(),
        .. State is { } state ? ["--state", state] : Array.Empty<string>(),
        .. Host,
        .. Scan ? ["--scan"] : Array.Empty<string>(),
        .. Yes ? ["--yes"] : Array.Empty<string>(),
    ]);
}
