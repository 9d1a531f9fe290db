using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>Makes the items of a CSV: an event a row.</summary>
internal static class CsvItems
{
    private const char Separator = '\u001F';

    /// <summary>The rows, blank lines left out.</summary>
    /// <exception cref="ImportFileException">No events can be made of the header, or a quote is not closed.</exception>
    public static async IAsyncEnumerable<ImportItem> RowsAsync(Stream file, CsvMap map, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CsvRows? rows = await CsvRows.OpenAsync(file, cancellationToken);
        if (rows is null || !await rows.ReadAsync(cancellationToken))
        {
            yield break;
        }

        CsvColumns columns = CsvColumns.Of(Names(rows.Cells), map);
        byte[] names = Bytes(string.Join(Separator, rows.Cells) + Separator);
        while (await rows.ReadAsync(cancellationToken))
        {
            byte[] source = [.. names, .. Bytes(string.Join(Separator, rows.Cells))];
            ItemProblem? problem = null;
            byte[]? json = rows.IsCut || rows.HasTextBehindQuote ? null
                : Decoded(rows.Cells) is { } cells ? columns.Event(cells, out problem)
                : null;
            problem ??= rows.IsCut ? new ItemProblem("event_too_large", string.Create(CultureInfo.InvariantCulture, $"the row has {rows.Bytes} bytes at least; the limit is {EventEnvelope.MaxBodyBytes}"))
                : rows.HasTextBehindQuote ? new ItemProblem("invalid_row", "text stands behind a closing quote in it: most likely a quote before it was left open")
                : json is null ? new ItemProblem("invalid_encoding", "the row is no UTF-8")
                : null;
            yield return new ImportItem(rows.Line, source, json, problem) { Text = Bytes(rows.Text) };
        }
    }

    /// <summary>Reads a CSV to its end: only there it is known that no quote is left open, which makes one row of all that is behind it.</summary>
    /// <exception cref="ImportFileException">See <see cref="RowsAsync"/>.</exception>
    public static async Task CheckAsync(Stream file, CsvMap map, CancellationToken cancellationToken)
    {
        using CsvRows? rows = await CsvRows.OpenAsync(file, cancellationToken);
        if (rows is null || !await rows.ReadAsync(cancellationToken))
        {
            return;
        }

        _ = CsvColumns.Of(Names(rows.Cells), map);
        while (await rows.ReadAsync(cancellationToken))
        {
            // Judged when it is imported.
        }
    }

    private static string[] Names(string[] header) => Decoded(header) ?? throw new ImportFileException("the header is no UTF-8");

    // Null where one of them is no UTF-8.
    private static string[]? Decoded(string[] cells)
    {
        string[] decoded = new string[cells.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            if (Ascii.IsValid(cells[i]))
            {
                decoded[i] = cells[i];
                continue;
            }

            byte[] bytes = Bytes(cells[i]);
            if (!Utf8.IsValid(bytes))
            {
                return null;
            }

            decoded[i] = Encoding.UTF8.GetString(bytes);
        }

        return decoded;
    }

    private static byte[] Bytes(string characters) => CsvRows.BytesAsCharacters.GetBytes(characters);
}
