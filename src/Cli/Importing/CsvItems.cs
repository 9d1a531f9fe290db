using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>Reads a CSV: a header, and an event a row. The delimiter is the comma, semicolon or tab that the header has most of.</summary>
internal static class CsvItems
{
    private const char Separator = '\u001F';

    /// <summary>The rows, blank lines left out.</summary>
    /// <exception cref="ImportFileException">No events can be made of the header, or a quote is not closed.</exception>
    public static async IAsyncEnumerable<ImportItem> RowsAsync(Stream file, CsvMap map, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(file, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        string header = await reader.ReadLineAsync(cancellationToken) ?? "";
        using var parser = new CsvParser(new HeadReader(header + "\n", reader), Configuration(Delimiter(header)));
        if (header.Length == 0 || !await ReadAsync(parser))
        {
            yield break;
        }

        string[] names = parser.Record!;
        CsvColumns columns = CsvColumns.Of(names, map);
        string namesInSource = string.Join(Separator, names) + Separator;
        for (long line = parser.RawRow + 1; await ReadAsync(parser); line = parser.RawRow + 1)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string[] row = parser.Record!;
            byte[] source = Encoding.UTF8.GetBytes(namesInSource + string.Join(Separator, row));
            byte[]? json = columns.Event(row, out ItemProblem? problem);
            problem ??= Array.Exists(row, cell => cell.Contains('\uFFFD', StringComparison.Ordinal)) ? new ItemProblem("invalid_encoding", "the row is no UTF-8") : null;
            yield return new ImportItem(line, source, json, problem) { Text = Encoding.UTF8.GetBytes(parser.RawRecord.TrimEnd('\r', '\n')) };
        }
    }

    private static CsvConfiguration Configuration(char delimiter) => new(CultureInfo.InvariantCulture)
    {
        Delimiter = delimiter.ToString(),
        BadDataFound = null,
        IgnoreBlankLines = true,
        MaxFieldSize = ImportItem.MaxKeptBytes / 4,
    };

    private static char Delimiter(string header)
    {
        bool quoted = false;
        Dictionary<char, int> counts = new() { [','] = 0, [';'] = 0, ['\t'] = 0 };
        foreach (char c in header)
        {
            quoted ^= c == '"';
            if (!quoted && counts.TryGetValue(c, out int count))
            {
                counts[c] = count + 1;
            }
        }

        return counts.MaxBy(pair => pair.Value).Key;
    }

    private static async Task<bool> ReadAsync(CsvParser parser)
    {
        try
        {
            return await parser.ReadAsync();
        }
        catch (MaxFieldSizeException e)
        {
            throw new ImportFileException(string.Create(CultureInfo.InvariantCulture, $"a quote before line {parser.RawRow + 1} is not closed"), e);
        }
    }

    /// <summary>The header, which was read to find the delimiter, and then the rest.</summary>
    private sealed class HeadReader(string head, TextReader rest) : TextReader
    {
        private int _position;

        public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

        public override int Read(Span<char> buffer)
        {
            if (_position == head.Length)
            {
                throw new NotSupportedException("Files are read asynchronously.");
            }

            int length = Math.Min(buffer.Length, head.Length - _position);
            head.AsSpan(_position, length).CopyTo(buffer);
            _position += length;
            return length;
        }

        public override async Task<int> ReadAsync(char[] buffer, int index, int count) => await ReadAsync(buffer.AsMemory(index, count), default);

        public override async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default) =>
            _position < head.Length ? Read(buffer.Span) : await rest.ReadAsync(buffer, cancellationToken);
    }
}
