using System.Buffers;
using System.Globalization;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Preview;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>What would become of a file's events, mapped here with the settings and rules of here: nothing is sent.</summary>
internal sealed class Rehearsal(EventPreview preview)
{
    private static readonly IngestRequest Request = new(Model.Lane.Import, LifecycleAllowed: false, null);

    private readonly Dictionary<string, long> _skipped = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _deadLetters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _warnings = new(StringComparer.Ordinal);
    private long _delivered;
    private long _refused;

    /// <summary>Whether every event would be delivered or skipped.</summary>
    public bool IsGood => _refused == 0 && _deadLetters.Count == 0;

    /// <summary>Maps a batch.</summary>
    /// <param name="batch">The events.</param>
    /// <param name="refused">Takes what would be refused or become a dead letter.</param>
    public void Add(ImportBatch batch, Action<RefusedItem> refused)
    {
        foreach (RefusedItem item in batch.Refused)
        {
            _refused++;
            refused(item);
        }

        if (batch.Events.Count == 0 || preview.Preview(Body(batch.Events), Request) is not PreviewResult.Items items)
        {
            return;
        }

        foreach (PreviewItem item in items.Values)
        {
            foreach (string code in item.Warnings.Select(warning => warning.Code).Distinct(StringComparer.Ordinal))
            {
                Count(_warnings, code);
            }

            switch (item.Outcome)
            {
                case "deliver":
                    _delivered++;
                    break;
                case "skip":
                    Count(_skipped, item.Reason ?? "");
                    break;
                default:
                    Count(_deadLetters, item.Reason ?? "");
                    ImportedLine line = batch.Events[item.Index];
                    refused(new RefusedItem(line.Line, new ItemProblem(item.Reason ?? "", item.Problems is [var first, ..] ? $"{first.Field}: {first.Message}" : ""), line.Text));
                    break;
            }
        }
    }

    /// <summary>Tells what came out.</summary>
    public void Tell(IAnsiConsole console)
    {
        console.Line($"[green]{_delivered:N0}[/] would be delivered. Nothing was sent.");
        Tell(console, "skipped", _skipped);
        Tell(console, "dead letters", _deadLetters);
        Tell(console, "with warnings", _warnings);
        if (_refused > 0)
        {
            console.Line($"[yellow]{_refused:N0}[/] refused: no events");
        }
    }

    private static void Tell(IAnsiConsole console, string what, Dictionary<string, long> counts)
    {
        if (counts.Count > 0)
        {
            console.Line($"{what}: {string.Join(", ", counts.OrderByDescending(pair => pair.Value).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value:N0} {pair.Key}")))}");
        }
    }

    private static void Count(Dictionary<string, long> counts, string code) => counts[code] = counts.GetValueOrDefault(code) + 1;

    private static ReadOnlyMemory<byte> Body(IReadOnlyList<ImportedLine> events)
    {
        var body = new ArrayBufferWriter<byte>();
        body.Write("["u8);
        for (int i = 0; i < events.Count; i++)
        {
            body.Write(i == 0 ? default : ","u8);
            body.Write(events[i].Json.Span);
        }

        body.Write("]"u8);
        return body.WrittenMemory;
    }
}
