using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>
/// Cuts a CSV into rows and cells, holding one row. The delimiter is the comma, semicolon or tab that the header has most of. Each byte is a character here, so that a row that is no UTF-8 is known
/// by its own bytes: what delimits and quotes is ASCII, which is never a part of another character.
/// </summary>
internal sealed class CsvRows : IDisposable
{
    /// <summary>The most bytes of a line, and of a cell over several lines, that are ever held.</summary>
    public const int MaxBytes = ImportItem.MaxKeptBytes / 4;

    /// <summary>What makes a character of a byte.</summary>
    public static readonly Encoding BytesAsCharacters = Encoding.Latin1;

    private readonly StreamReader _file;
    private readonly BoundedLines _lines;
    private readonly CsvParser _parser;
    private readonly string _end;
    private readonly int _linesBefore;
    private string _raw = "";

    private CsvRows(StreamReader file, string header, int linesBefore)
    {
        _file = file;
        _linesBefore = linesBefore;

        // A row of our own behind the last one: where it is not read as a row, a quote swallowed it.
        _end = RandomNumberGenerator.GetHexString(32);
        _lines = new BoundedLines(header + "\n", file, "\n" + _end);
        _parser = new CsvParser(_lines, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = Delimiter(header).ToString(),
            BadDataFound = found => HasTextBehindQuote |= IsTextBehindQuote(found.Field),
            IgnoreBlankLines = true,
            MaxFieldSize = MaxBytes,
        });
    }

    /// <summary>The line it begins on, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Its cells.</summary>
    public string[] Cells => _parser.Record!;

    /// <summary>It as it stands in the file.</summary>
    public string Text => _raw.TrimEnd('\r', '\n');

    /// <summary>Whether a line of it is too long to be held: its cells are not those of the file.</summary>
    public bool IsCut => _raw.Length >= BoundedLines.MaxKept;

    /// <summary>Whether a quote in it is closed before the cell is: most likely one was left open before, and cells or rows lie in one cell.</summary>
    public bool HasTextBehindQuote { get; private set; }

    /// <summary>How many bytes it has at least.</summary>
    public int Bytes => _raw.Length;

    /// <summary>Opens a CSV; null when there is nothing but blank lines in it.</summary>
    public static async Task<CsvRows?> OpenAsync(Stream file, CancellationToken cancellationToken)
    {
        var reader = new StreamReader(file, BytesAsCharacters, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        for (int blank = 0; await reader.ReadLineAsync(cancellationToken) is { } line; blank++)
        {
            if (line.Length > 0)
            {
                return new CsvRows(reader, line, blank);
            }
        }

        reader.Dispose();
        return null;
    }

    /// <summary>Reads the next row, the header first; false at the end.</summary>
    /// <exception cref="ImportFileException">A quote is not closed.</exception>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Line = _linesBefore + _parser.RawRow + 1;
        HasTextBehindQuote = false;
        try
        {
            if (!await _parser.ReadAsync() || Cells is [var only] && only == _end)
            {
                return false;
            }
        }
        catch (MaxFieldSizeException e)
        {
            throw new ImportFileException(string.Create(CultureInfo.InvariantCulture, $"the row that begins on line {Line} has a cell of more than {MaxBytes} bytes: most likely a quote in it is not closed"), e);
        }

        _raw = _parser.RawRecord;
        return !_raw.EndsWith(_end, StringComparison.Ordinal)
            ? true
            : throw new ImportFileException(string.Create(CultureInfo.InvariantCulture, $"a quote in the row that begins on line {Line} is not closed"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parser.Dispose();
        _lines.Dispose();
        _file.Dispose();
    }

    // A quote inside of a cell that begins without one is a letter like others, and blanks behind a closing one are harmless.
    private static bool IsTextBehindQuote(string cell)
    {
        string quoted = cell.TrimEnd(' ', '\t');
        return quoted is ['"', ..] && !(quoted.Length > 1 && quoted[^1] == '"' && !quoted[1..^1].Replace("\"\"", "", StringComparison.Ordinal).Contains('"', StringComparison.Ordinal));
    }

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

    /// <summary>
    /// The header, which was read to find the delimiter, the rest, and a last line of our own. Of a line that is too long the beginning is given, with as many quotes as let the next line be read as it is:
    /// a row is refused then, and not the file.
    /// </summary>
    private sealed class BoundedLines(string head, TextReader rest, string end) : TextReader
    {
        /// <summary>The most of a line that is given, less than the parser takes.</summary>
        public const int MaxKept = MaxBytes - 16;

        private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n");

        private readonly char[] _chunk = new char[32 * 1024];
        private readonly ArrayBufferWriter<char> _ready = new();
        private bool _hasGivenHead;
        private int _given;
        private int _lineLength;
        private bool _cutsQuote;
        private bool _ended;

        public override async Task<int> ReadAsync(char[] buffer, int index, int count) => await ReadAsync(buffer.AsMemory(index, count), default);

        public override async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default)
        {
            while (_given == _ready.WrittenCount)
            {
                if (_ended)
                {
                    return 0;
                }

                _ready.ResetWrittenCount();
                _given = 0;
                await FillAsync(cancellationToken);
            }

            int length = Math.Min(buffer.Length, _ready.WrittenCount - _given);
            _ready.WrittenMemory.Slice(_given, length).CopyTo(buffer);
            _given += length;
            return length;
        }

        public override int Read(char[] buffer, int index, int count) => throw new NotSupportedException("Files are read asynchronously.");

        private async Task FillAsync(CancellationToken cancellationToken)
        {
            if (!_hasGivenHead)
            {
                _hasGivenHead = true;
                _ready.Write(head);
                return;
            }

            int read = await rest.ReadAsync(_chunk, cancellationToken);
            if (read == 0)
            {
                _ended = true;
                EndLine();
                _ready.Write(end);
                return;
            }

            Add(_chunk.AsSpan(0, read));
        }

        private void Add(ReadOnlySpan<char> text)
        {
            while (!text.IsEmpty)
            {
                int lineEnd = text.IndexOfAny(LineEnds);
                ReadOnlySpan<char> piece = lineEnd < 0 ? text : text[..lineEnd];
                int kept = Math.Min(piece.Length, MaxKept - _lineLength);
                _ready.Write(piece[..kept]);
                _lineLength += kept;
                _cutsQuote ^= (piece[kept..].Count('"') & 1) == 1;
                if (lineEnd >= 0)
                {
                    EndLine();
                    _ready.Write(text.Slice(lineEnd, 1));
                }

                text = text[(lineEnd < 0 ? text.Length : lineEnd + 1)..];
            }
        }

        private void EndLine()
        {
            _ready.Write(_cutsQuote ? "\"" : "");
            (_lineLength, _cutsQuote) = (0, false);
        }
    }
}
