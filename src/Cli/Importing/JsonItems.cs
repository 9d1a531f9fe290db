using System.Buffers;
using System.Runtime.CompilerServices;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>Cuts a file of JSON into items, holding one at a time: the lines of newline-delimited JSON, or the elements of an array.</summary>
internal static class JsonItems
{
    private const int ChunkBytes = 128 * 1024;

    /// <summary>The lines, blank ones left out, white space and byte order marks around them too.</summary>
    public static async IAsyncEnumerable<ImportItem> LinesAsync(Stream file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] chunk = new byte[ChunkBytes];
        var line = new PartialItem();
        long number = 1;
        int read;
        while ((read = await file.ReadAsync(chunk, cancellationToken)) > 0)
        {
            int start = 0;
            int end;
            while ((end = chunk.AsSpan(start, read - start).IndexOf((byte)'\n')) >= 0)
            {
                line.Add(chunk.AsSpan(start, end));
                if (line.Take(number++) is { } item)
                {
                    yield return item;
                }

                start += end + 1;
            }

            line.Add(chunk.AsSpan(start, read - start));
        }

        if (line.Take(number) is { } last)
        {
            yield return last;
        }
    }

    /// <summary>The elements of the array that the file holds.</summary>
    /// <exception cref="ImportFileException">Something else stands before, between or after them, or the array does not end.</exception>
    public static async IAsyncEnumerable<ImportItem> ElementsAsync(Stream file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] chunk = new byte[ChunkBytes];
        var scanner = new ArrayScanner();
        int read;
        while ((read = await file.ReadAsync(chunk, cancellationToken)) > 0)
        {
            for (int position = 0; position < read;)
            {
                if (scanner.Scan(chunk.AsSpan(position, read - position), out int consumed) is { } item)
                {
                    yield return item;
                }

                position += consumed;
            }
        }

        scanner.End();
    }

    /// <summary>Finds where the elements of an array begin and end; what is in them, others judge.</summary>
    private sealed class ArrayScanner
    {
        private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[],\n"u8);

        private readonly PartialItem _element = new();
        private Place _place = Place.Before;
        private int _depth;
        private bool _inText;
        private bool _escaped;
        private long _line = 1;
        private long _elementLine = 1;
        private bool _hasElement;

        private enum Place
        {
            Before,
            Inside,
            After,
        }

        /// <summary>Reads on, at most to the end of an element.</summary>
        public ImportItem? Scan(ReadOnlySpan<byte> bytes, out int consumed)
        {
            for (consumed = 0; consumed < bytes.Length;)
            {
                byte b = bytes[consumed];
                if (_place == Place.Inside && (_inText || _hasElement))
                {
                    consumed += ScanElement(bytes[consumed..], out bool ended);
                    if (ended)
                    {
                        return TakeElement();
                    }

                    continue;
                }

                consumed++;
                _line += b == (byte)'\n' ? 1 : 0;
                if (b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                {
                    continue;
                }

                switch (_place)
                {
                    case Place.Before when b == (byte)'[':
                        _place = Place.Inside;
                        break;
                    case Place.Inside when b == (byte)']':
                        _place = Place.After;
                        break;
                    case Place.Inside when b == (byte)',':
                        break;
                    case Place.Inside:
                        consumed--;
                        _hasElement = true;
                        _elementLine = _line;
                        break;
                    default:
                        throw new ImportFileException($"line {_line} has something {(_place == Place.After ? "after the array's end" : "where an element was expected")}");
                }
            }

            return null;
        }

        /// <summary>The file ends here.</summary>
        public void End()
        {
            if (_place != Place.After)
            {
                throw new ImportFileException($"the array does not end: the file breaks off at line {_line}");
            }
        }

        // Reads up to the comma or bracket that ends the element, which is left to be read.
        private int ScanElement(ReadOnlySpan<byte> bytes, out bool ended)
        {
            ended = false;
            for (int i = 0; i < bytes.Length; i++)
            {
                if (_inText)
                {
                    i += TextEnd(bytes[i..]);
                    continue;
                }

                int next = bytes[i..].IndexOfAny(Structure);
                if (next < 0)
                {
                    break;
                }

                i += next;
                switch (bytes[i])
                {
                    case (byte)'\n':
                        _line++;
                        break;
                    case (byte)'"':
                        _inText = true;
                        break;
                    case (byte)'{' or (byte)'[':
                        _depth++;
                        break;
                    case (byte)']' or (byte)',' when _depth == 0:
                        ended = true;
                        _element.Add(bytes[..i]);
                        return i;
                    case (byte)'}' when _depth == 0:
                        throw new ImportFileException($"line {_line} closes an object that was not opened");
                    case (byte)'}' or (byte)']':
                        _depth--;
                        break;
                }
            }

            _element.Add(bytes);
            return bytes.Length;
        }

        // How far the text goes: the index of its closing quote, else of the last byte there is.
        private int TextEnd(ReadOnlySpan<byte> bytes)
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                if (_escaped)
                {
                    _escaped = false;
                    continue;
                }

                int next = bytes[i..].IndexOfAny((byte)'"', (byte)'\\', (byte)'\n');
                if (next < 0)
                {
                    break;
                }

                i += next;
                if (bytes[i] == (byte)'"')
                {
                    _inText = false;
                    return i;
                }

                _escaped = bytes[i] == (byte)'\\';
                _line += bytes[i] == (byte)'\n' ? 1 : 0;
            }

            return bytes.Length - 1;
        }

        private ImportItem? TakeElement()
        {
            _hasElement = false;
            return _element.Take(_elementLine);
        }
    }
}
