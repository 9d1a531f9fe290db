namespace CustomerIoDestination.Cli.Importing;

/// <summary>What decides which events a file becomes, beside its bytes. An interrupted import goes on with the same only: else a column that was to stay behind would be sent from the middle on.</summary>
/// <param name="Format">What was in the file.</param>
/// <param name="Map">The map of its columns, as it was named; null for none.</param>
/// <param name="MapHash">The SHA-256 of what the map said; null for none.</param>
internal sealed record ImportReading(string Format, string? Map, string? MapHash)
{
    /// <summary>How a file is read; a map is for CSV alone.</summary>
    public static ImportReading Of(ImportFormat format, CsvMap map)
    {
        string name = format.ToString().ToLowerInvariant();
        return format == ImportFormat.Csv ? new ImportReading(name, map.Path, map.Hash) : new ImportReading(name, null, null);
    }

    /// <summary>What else it would be read as, and what to give to have it read as before; null when it is.</summary>
    /// <param name="now">How it would be read.</param>
    public string? DiffersFrom(ImportReading now) =>
        Format != now.Format ? $"that read it as {Format}, and it would be read on as {now.Format}: give --format {Format}"
        : MapHash == now.MapHash ? null
        : MapHash is null ? "that had no map: leave --map out"
        : now.MapHash is null ? $"that had a map: give --map {ShellText.Quoted(Map ?? "")}"
        : $"that had another map, {Map} as it was then: give that one";
}
