using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using CustomerIoDestination.Ingest;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>Some items of a file, ready to be sent.</summary>
/// <param name="Events">The events among them.</param>
/// <param name="Refused">Those that are none.</param>
/// <param name="Items">How many items of the file there are up to its end.</param>
/// <param name="Line">The line of the last one.</param>
/// <param name="Fingerprint">The SHA-256 of all items up to its end.</param>
/// <param name="Position">How many bytes of the file were read for it.</param>
internal sealed record ImportBatch(IReadOnlyList<ImportedLine> Events, IReadOnlyList<RefusedItem> Refused, long Items, long Line, string Fingerprint, long Position);

/// <summary>An event to be sent.</summary>
/// <param name="Line">The line it begins on.</param>
/// <param name="Json">It, on one line, with an id.</param>
/// <param name="Text">It, as it stands in the file.</param>
internal sealed record ImportedLine(long Line, ReadOnlyMemory<byte> Json, ReadOnlyMemory<byte> Text);

/// <summary>Reads a file's items, gives each event an id, and puts them together in the size a host takes, holding few of them at a time.</summary>
/// <param name="events">Reads the items.</param>
/// <param name="ids">Makes ids.</param>
internal sealed class ImportBatches(ImportedEvents events, ImportIds ids)
{
    /// <summary>The most bytes of a batch: below a host's default of 1 MiB. A longer event goes alone.</summary>
    public const int MaxBytes = 500_000;

    /// <summary>The most items of a batch: below a host's bound.</summary>
    public const int MaxItems = 500;

    /// <summary>The items of a file.</summary>
    public static IAsyncEnumerable<ImportItem> ItemsAsync(ImportInput input, CsvMap map, CancellationToken cancellationToken) => input.Format switch
    {
        ImportFormat.Ndjson => JsonItems.LinesAsync(input.Content, cancellationToken),
        ImportFormat.Json => JsonItems.ElementsAsync(input.Content, cancellationToken),
        _ => CsvItems.RowsAsync(input.Content, map, cancellationToken),
    };

    /// <summary>Reads a file to its end, where only that tells whether it is whole: a table, an array, and whatever is packed.</summary>
    /// <exception cref="ImportFileException">It is not.</exception>
    /// <exception cref="InvalidDataException">It is not unpacked to its end.</exception>
    public static async Task CheckAsync(ImportInput input, CsvMap map, CancellationToken cancellationToken)
    {
        switch (input.Format)
        {
            case ImportFormat.Csv:
                await CsvItems.CheckAsync(input.Content, map, cancellationToken);
                break;
            case ImportFormat.Json:
                await foreach (ImportItem _ in JsonItems.ElementsAsync(input.Content, cancellationToken))
                {
                    // Judged when it is imported.
                }

                break;
            case ImportFormat.Ndjson when input.IsPacked:
                await input.Content.CopyToAsync(Stream.Null, cancellationToken);
                break;
        }
    }

    /// <summary>The batches, those an earlier import is done with left out.</summary>
    /// <param name="input">The file.</param>
    /// <param name="items">Its items.</param>
    /// <param name="from">What an earlier import got done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ImportFileException">The file can't be read on, or is not the one that the earlier import was of.</exception>
    public async IAsyncEnumerable<ImportBatch> ReadAsync(ImportInput input, IAsyncEnumerable<ImportItem> items, ImportState from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var fingerprint = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var lines = new List<ImportedLine>();
        var refused = new List<RefusedItem>();
        long count = 0;
        long bytes = 0;
        long last = 0;
        await foreach (ImportItem item in items.WithCancellation(cancellationToken))
        {
            ImportedEvent? read = item.Problem is null ? events.Read(item.Json, () => ids.Next(item.Source.Span)) : null;
            if (count >= from.Items)
            {
                long length = read is ImportedEvent.Good { Json: var json } ? json.Length + 1 : 0;
                if (lines.Count + refused.Count == MaxItems || (lines.Count > 0 && bytes + length > MaxBytes))
                {
                    yield return Cut();
                }

                bytes += length;
                Add(item, read);
            }

            fingerprint.AppendData(item.Source.Span);
            fingerprint.AppendData("\n"u8);
            last = item.Line;
            if (++count == from.Items && Fingerprint() != from.Fingerprint)
            {
                throw new ImportFileException($"the file is not the one whose import was interrupted: it differs before line {last + 1}");
            }
        }

        if (count < from.Items)
        {
            throw new ImportFileException($"the file is not the one whose import was interrupted: it ends before line {from.Line}");
        }

        if (lines.Count + refused.Count > 0)
        {
            yield return Cut();
        }

        ImportBatch Cut()
        {
            var batch = new ImportBatch(lines, refused, count, last, Fingerprint(), input.Position);
            (lines, refused, bytes) = ([], [], 0);
            return batch;
        }

        void Add(ImportItem item, ImportedEvent? read)
        {
            switch (read)
            {
                case ImportedEvent.Good good:
                    lines.Add(new ImportedLine(item.Line, good.Json, item.Text));
                    break;
                case ImportedEvent.Bad bad:
                    refused.Add(new RefusedItem(item.Line, new ItemProblem(bad.Code, bad.Message), item.Text));
                    break;
                default:
                    refused.Add(new RefusedItem(item.Line, item.Problem!, item.Text));
                    break;
            }
        }

        string Fingerprint() => Convert.ToHexStringLower(fingerprint.GetCurrentHash());
    }
}
