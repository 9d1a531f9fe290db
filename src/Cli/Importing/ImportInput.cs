using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>How a file's events are written.</summary>
internal enum ImportFormat
{
    /// <summary>A JSON value a line.</summary>
    Ndjson,

    /// <summary>One JSON array.</summary>
    Json,

    /// <summary>A header and rows.</summary>
    Csv,
}

/// <summary>What came of opening a file.</summary>
internal abstract record ImportOpening
{
    private ImportOpening()
    {
    }

    /// <summary>It can be read.</summary>
    public sealed record Opened(ImportInput Input) : ImportOpening;

    /// <summary>It can't, and why.</summary>
    public sealed record Refused(string Message) : ImportOpening;
}

/// <summary>A file, unpacked and as UTF-8, and what is written in it: all told by its beginning, before anything is sent.</summary>
/// <param name="raw">The file as it lies on the disk.</param>
/// <param name="content">The same, unpacked, as UTF-8 without a mark.</param>
/// <param name="format">What is in it.</param>
internal sealed class ImportInput(Stream raw, Stream content, ImportFormat format) : IAsyncDisposable
{
    private const int HeadBytes = 1024 * 1024;
    private const int MostPacked = 3;

    private static readonly (byte[] Magic, string Name)[] Foreign =
    [
        ([0x50, 0x4B, 0x03, 0x04], "a zip archive or an Excel workbook; unpack it, or save the sheet as CSV"),
        ([0x28, 0xB5, 0x2F, 0xFD], "packed with zstd; unpack it, or pack it with gzip"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "packed with xz; unpack it, or pack it with gzip"),
        ("BZh"u8.ToArray(), "packed with bzip2; unpack it, or pack it with gzip"),
        ("PAR1"u8.ToArray(), "Parquet"),
        ("Obj\u0001"u8.ToArray(), "Avro"),
        ("%PDF"u8.ToArray(), "PDF"),
        ([0xFF, 0xFE, 0x00, 0x00], "UTF-32; UTF-8 was expected, or UTF-16 with a mark"),
        ([0x00, 0x00, 0xFE, 0xFF], "UTF-32; UTF-8 was expected, or UTF-16 with a mark"),
    ];

    /// <summary>What is in it.</summary>
    public ImportFormat Format => format;

    /// <summary>The content as UTF-8.</summary>
    public Stream Content => content;

    /// <summary>Whether it is packed.</summary>
    public bool IsPacked { get; private init; }

    /// <summary>The file's size in bytes as it lies on the disk; null where that is not known.</summary>
    public long? Length => raw.CanSeek ? raw.Length : null;

    /// <summary>How many bytes of it are read.</summary>
    public long Position => raw.CanSeek ? raw.Position : 0;

    /// <summary>Looks at the beginning of a file and opens it.</summary>
    /// <param name="name">The file's name: <c>.csv</c> and <c>.tsv</c>, also before <c>.gz</c>, say what is in it.</param>
    /// <param name="raw">The file. Disposed with the input.</param>
    /// <param name="chosen">The format that was asked for; null for the one that is found.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ImportOpening> OpenAsync(string name, Stream raw, ImportFormat? chosen, CancellationToken cancellationToken)
    {
        try
        {
            (ReadingStream.Head content, byte[] head) = await HeadAsync(raw, cancellationToken);
            bool isPacked = head is [0x1F, 0x8B, ..];
            for (int i = 0; i < MostPacked && head is [0x1F, 0x8B, ..]; i++)
            {
                (content, head) = await HeadAsync(new ReadingStream.Gzip(content), cancellationToken);
            }

            if (Array.Find(Foreign, foreign => head.AsSpan().StartsWith(foreign.Magic)) is { Name: { } known })
            {
                return await RefuseAsync(content, $"it is {known}");
            }

            if (head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            {
                var utf16 = new UnicodeEncoding(bigEndian: head[0] == 0xFE, byteOrderMark: false);
                await content.SkipAsync(2, cancellationToken);
                (content, head) = await HeadAsync(Encoding.CreateTranscodingStream(content, utf16, Encoding.UTF8), cancellationToken);
            }

            int marks = 0;
            while (head.AsSpan(marks).StartsWith("\uFEFF"u8))
            {
                marks += 3;
            }

            await content.SkipAsync(marks, cancellationToken);
            head = head[marks..];
            ImportFormat? format = chosen ?? (IsCsv(name) ? ImportFormat.Csv : Found(head));
            string? problem = Binary(head) ?? (format is null ? Unknown(head) : format == ImportFormat.Csv ? NoUtf8(head) : null);
            return problem is null ? new ImportOpening.Opened(new ImportInput(raw, content, format!.Value) { IsPacked = isPacked }) : await RefuseAsync(content, problem);
        }
        catch (InvalidDataException)
        {
            return await RefuseAsync(raw, "it is broken gzip, or it breaks off before its end");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await content.DisposeAsync();
        await raw.DisposeAsync();
    }

    private static async Task<(ReadingStream.Head Content, byte[] Head)> HeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var content = new ReadingStream.Head(stream);
        return (content, await content.PeekAsync(HeadBytes, cancellationToken));
    }

    private static async Task<ImportOpening> RefuseAsync(Stream stream, string message)
    {
        await stream.DisposeAsync();
        return new ImportOpening.Refused(message);
    }

    private static bool IsCsv(string name)
    {
        name = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
        return name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase);
    }

    private static string? Binary(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> start = head[..Math.Min(head.Length, 4_096)];
        int zero = start.IndexOf((byte)0);
        return zero < 0 ? null
            : zero < 2 && start.Length > zero + 2 && start[zero + 2] == 0 ? "it looks like UTF-16 without a mark; save it as UTF-8, or as UTF-16 with a byte order mark"
            : "it holds zero bytes, so it is no text";
    }

    // Of lines and elements each stands for itself; of a table all or none is another encoding. The last character may go on behind what was looked at.
    private static string? NoUtf8(ReadOnlySpan<byte> head)
    {
        int valid = ValidPrefix(head);
        return head.Length - valid < (head.Length < HeadBytes ? 1 : 4)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"it is no UTF-8 at byte {valid}; save it as UTF-8");
    }

    private static int ValidPrefix(ReadOnlySpan<byte> text)
    {
        int position = 0;
        while (Rune.DecodeFromUtf8(text[position..], out _, out int length) == OperationStatus.Done)
        {
            position += length;
        }

        return position;
    }

    private static ImportFormat? Found(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> text = head.TrimStart(" \t\r\n"u8);
        return text.IsEmpty ? ImportFormat.Ndjson
            : text[0] == (byte)'[' && text[1..].TrimStart(" \t\r\n"u8) is [] or [(byte)'{' or (byte)']', ..] ? ImportFormat.Json
            : HoldsObjectLine(head) ? ImportFormat.Ndjson
            : null;
    }

    private static bool HoldsObjectLine(ReadOnlySpan<byte> head)
    {
        foreach (Range range in head.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = head[range].Trim(" \t\r"u8);
            line = line.StartsWith("\uFEFF"u8) ? line[3..] : line;
            bool isCut = range.End.Value == head.Length && head.Length >= HeadBytes;
            if (!line.IsEmpty && line[0] == (byte)'{' && (isCut || IsObject(line)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsObject(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 1_000 });
        try
        {
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Unknown(ReadOnlySpan<byte> head) => head.TrimStart(" \t\r\n"u8) switch
    {
        [(byte)'<', ..] => "it looks like XML or HTML",
        [(byte)'{', ..] => "it begins with an object broken over lines; an event a line was expected, or an array: [ … ]",
        _ => "no line at its beginning is a JSON object; an event a line was expected, a JSON array, or CSV (named .csv, or with --format csv)",
    };
}
