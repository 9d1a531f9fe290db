namespace CustomerIoDestination.Cli.Importing;

/// <summary>Some lines of a file.</summary>
/// <param name="Offset">The byte after it: where the next one starts.</param>
/// <param name="Events">The lines, with line breaks.</param>
/// <param name="Lines">The number of each line in the file, counted from the offset the import started at.</param>
internal sealed record LineBatch(long Offset, ReadOnlyMemory<byte> Events, IReadOnlyList<long> Lines);
