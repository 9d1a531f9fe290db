using System.Globalization;
using CustomerIoDestination.Cli.Configuration;
using CustomerIoDestination.Cli.Host;
using CustomerIoDestination.Cli.Importing;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;

namespace CustomerIoDestination.Cli.Commands;

/// <summary>The import of one file.</summary>
internal sealed class ImportRun(ImportSource file, ImportChoice choice, CsvMap map, PlaceholderIdentifiers placeholders, HostApi api, CliContext cli)
{
    /// <summary>The exit code when all was read, and some was no event. A higher one means that it was not read to its end.</summary>
    public const int SomeRefused = 1;

    private const int Stopped = 2;
    private const int MaxRefusalsTold = 20;
    private int _told;

    /// <summary>Those whose turn is after it.</summary>
    public IReadOnlyList<ImportSource> Later { get; init; } = [];

    /// <summary>Runs it, prepared.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return choice.Scan && await ScanAsync(cancellationToken) is { } exitCode ? exitCode
                : choice.Rehearse ? await RehearseAsync(cancellationToken)
                : await SendAsync(file.From, cancellationToken);
        }
        catch (Exception e) when (e is ImportFileException or InvalidDataException)
        {
            return Refuse($"{file.Shown} can't be read on: {e.Message}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse(e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Interrupted("Interrupted.");
        }
    }

    private async Task<int?> ScanAsync(CancellationToken cancellationToken)
    {
        var scan = new FieldScan();
        if (await file.OpenAsync(cancellationToken) is not { } input)
        {
            return Stopped;
        }

        await using (input)
        {
            await foreach (ImportItem item in ImportBatches.ItemsAsync(input, map, cancellationToken))
            {
                scan.Add(item.Json);
            }
        }

        scan.Tell(cli.Console);
        if (scan.Found.Count == 0 || choice.Yes || choice.Rehearse)
        {
            return null;
        }

        if (cli.ReadLine is null)
        {
            return Refuse("Nothing was sent. Nobody can be asked here: repeat it with --yes.");
        }

        cli.Console.Text($"Type yes to send them: ");
        return string.Equals(cli.ReadLine()?.Trim(), "yes", StringComparison.OrdinalIgnoreCase) ? null : Refuse("Nothing was sent.");
    }

    private async Task<int> RehearseAsync(CancellationToken cancellationToken)
    {
        if (CliConfiguration.Read(cli.WorkingDirectory) is not Checked<DestinationSettings>.Valid { Value: var settings }
            || CliConfiguration.OpenRules(null, settings.Rules, cli.Time) is not Checked<RulesSource>.Valid { Value: var rules })
        {
            return Refuse("Settings or rules have problems; run check to see them.");
        }

        if (await file.OpenAsync(cancellationToken) is not { } input)
        {
            return Stopped;
        }

        await using (input)
        {
            var mapper = new EnvelopeMapper(settings.Mapping, settings.Limits, rules);
            var rehearsal = new Rehearsal(new EventPreview(settings, mapper, new SteadyClock(cli.Time), new Random()));
            using var refused = new RefusedItems(file.Places.Refused, 0);
            using var events = new ImportedEvents(settings.Mapping.PlaceholderIdentifiers);
            using var ids = new ImportIds(file.Places.Tables);
            var progress = new ImportProgress(input, file.From, cli);
            await progress.ShowAsync(async advanced =>
            {
                long items = 0;
                await foreach (ImportBatch batch in new ImportBatches(events, ids).ReadAsync(input, ImportBatches.ItemsAsync(input, map, cancellationToken), file.From, cancellationToken))
                {
                    rehearsal.Add(batch, item =>
                    {
                        refused.Add(item);
                        Tell(item);
                    });
                    items = batch.Items;
                    advanced(file.From with { Accepted = items }, batch.Position);
                }
            });
            rehearsal.Tell(cli.Console);
            TellRefusedFile(refused.Length);
            return rehearsal.IsGood ? 0 : SomeRefused;
        }
    }

    private async Task<int> SendAsync(ImportState from, CancellationToken cancellationToken)
    {
        if (await file.OpenAsync(cancellationToken) is not { } input)
        {
            return Stopped;
        }

        await using (input)
        {
            using var refused = new RefusedItems(file.Places.Refused, from.RefusedBytes);
            using var events = new ImportedEvents(placeholders);
            using var ids = new ImportIds(file.Places.Tables);
            if (from.Items > 0)
            {
                cli.Console.Line($"Going on after line {from.Line:N0}: {from.Items:N0} of {file.Shown} are done.");
            }

            IAsyncEnumerable<ImportBatch> batches = new ImportBatches(events, ids).ReadAsync(input, ImportBatches.ItemsAsync(input, map, cancellationToken), from, cancellationToken);
            var importer = new Importer(api, cli.Time, refused, Tell, Waiting) { Begins = () => cli.Console.Line($"Sending {file.Shown} to {api.Url}, and waiting for its first answer…") };
            var progress = new ImportProgress(input, from, cli);
            ImportState state = from;
            HostAnswer? stoppedBy = null;
            bool isDone = false;
            Keep(from);
            try
            {
                await progress.ShowAsync(async advanced => stoppedBy = await importer.RunAsync(batches, from, (now, position) =>
                {
                    state = now;
                    Keep(now);
                    advanced(now, position);
                }, cancellationToken));
                isDone = stoppedBy is null;
            }
            finally
            {
                if (file.Places.State is { } path && (state.Items == 0 || isDone))
                {
                    File.Delete(path);
                }

                cli.Console.Line($"[green]{state.Accepted:N0}[/] accepted, {state.Skipped:N0} skipped, {state.Refused:N0} rejected.");
                TellRefusedFile(refused.Length);
            }

            if (stoppedBy is not null)
            {
                return Interrupted(Problem(stoppedBy, api.Url));
            }

            return state.Refused == 0 ? 0 : SomeRefused;
        }
    }

    private void Keep(ImportState state)
    {
        if (file.Places.State is { } path)
        {
            state.Write(path);
        }
    }

    private void Tell(RefusedItem item)
    {
        if (_told++ < MaxRefusalsTold)
        {
            cli.Console.Line($"[yellow]line {item.Line}[/] {item.Problem.Code}: {item.Problem.Message}");
        }
        else if (_told == MaxRefusalsTold + 1)
        {
            cli.Console.Line($"[yellow]…[/] and more");
        }
    }

    private void TellRefusedFile(long length)
    {
        if (length > 0)
        {
            cli.Console.Line($"They are in {file.Places.Refused}, with the reason of each. It holds personal data.");
        }
    }

    private void Waiting(HostAnswer.Unreachable answer, TimeSpan wait, TimeSpan left)
    {
        string status = answer.Status is { } code ? string.Create(CultureInfo.InvariantCulture, $"It answered {code}") : "No answer yet";
        cli.Console.Line($"[yellow]{status} at {answer.Url}[/]; trying again in {wait.TotalSeconds:0.#} s, and for {Math.Ceiling(left.TotalMinutes)} min at most.");
    }

    // Something else may be at the address, or before it.
    private static string Problem(HostAnswer answer, Uri url) => answer switch
    {
        HostAnswer.Good => $"What is at {url} answered, but not what became of the events: it is no host of the destination. Give the host's address with --url.",
        HostAnswer.Refused { Code: null, Message: null, Status: var status } =>
            string.Create(CultureInfo.InvariantCulture, $"What is at {url} answered {status} without saying why, as no host of the destination does. Give the host's address with --url."),
        _ => answer.Problem,
    };

    private int Interrupted(string why)
    {
        cli.Console.Line($"[red]{why}[/]");
        if (file.Places.State is { } path && File.Exists(path))
        {
            cli.Console.Line($"Resume with: {choice.Command([file, .. Later])}");
            if (choice.KeyIsGiven)
            {
                cli.Console.Line($"And give the key as before, with --key.");
            }
        }

        return Stopped;
    }

    private int Refuse(string message)
    {
        cli.Console.Line($"[red]{message}[/]");
        return Stopped;
    }
}
