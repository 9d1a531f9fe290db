using System.Buffers;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>One line, array element or CSV row of a file.</summary>
/// <param name="Line">The number of the line it begins on, from 1.</param>
/// <param name="Source">It as it stands in the file: by this an event without an id is known again. Cut at <see cref="MaxKeptBytes"/>.</param>
/// <param name="Json">The event as one JSON value.</param>
/// <param name="Problem">Why it can't be sent; null when it may be.</param>
internal sealed record ImportItem(long Line, ReadOnlyMemory<byte> Source, ReadOnlyMemory<byte> Json, ItemProblem? Problem = null)
{
    /// <summary>It as people find it in the file.</summary>
    public ReadOnlyMemory<byte> Text { get; init; } = Source;

    /// <summary>The most bytes of an item that are ever held: beyond, it is refused, and only its beginning told.</summary>
    public const int MaxKeptBytes = 16 * 1024 * 1024;

    /// <summary>The problem of an item over <see cref="MaxKeptBytes"/>.</summary>
    public static ItemProblem TooLarge(long bytes) =>
        new("event_too_large", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the event has {bytes} bytes; the limit is {Model.EventEnvelope.MaxBodyBytes}"));
}

/// <summary>Why an item can't be sent.</summary>
/// <param name="Code">A code from a closed set, as ingest gives it.</param>
/// <param name="Message">What is wrong, in words; never data of the event.</param>
internal sealed record ItemProblem(string Code, string Message);

/// <summary>That a file can't be read on, from somewhere in its middle: what came before was good.</summary>
internal sealed class ImportFileException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An item as its pieces come, bounded.</summary>
internal sealed class PartialItem
{
    private static readonly SearchValues<byte> LineBreaks = SearchValues.Create("\r\n"u8);

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private long _length;

    /// <summary>Adds a piece.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        _length += piece.Length;
        int room = ImportItem.MaxKeptBytes - _bytes.WrittenCount;
        _bytes.Write(piece.Length <= room ? piece : piece[..room]);
    }

    /// <summary>The item, and begins the next one; null when it is blank.</summary>
    public ImportItem? Take(long line)
    {
        ReadOnlySpan<byte> text = Trim(_bytes.WrittenSpan);
        byte[] source = text.ToArray();
        long length = _length;
        _bytes.ResetWrittenCount();
        _length = 0;
        return source.Length == 0 ? null
            : length > ImportItem.MaxKeptBytes ? new ImportItem(line, source, default, ImportItem.TooLarge(length))
            : new ImportItem(line, source, OnOneLine(source));
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8);
        while (text.StartsWith("\uFEFF"u8))
        {
            text = text[3..].TrimStart(" \t\r\n"u8);
        }

        return text;
    }

    // A line break inside JSON is white space: inside a text it would be escaped.
    private static byte[] OnOneLine(byte[] source)
    {
        if (source.AsSpan().IndexOfAny((byte)'\n', (byte)'\r') < 0)
        {
            return source;
        }

        byte[] line = source.ToArray();
        line.AsSpan().ReplaceAny(LineBreaks, (byte)' ');
        return line;
    }

}
