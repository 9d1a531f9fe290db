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
internal sealed class ImportRun(string name, ImportChoice choice, CsvMap map, PlaceholderIdentifiers placeholders, HostApi api, CliContext cli) : IAsyncDisposable
{
    /// <summary>The exit code when all was read, and some was no event. A higher one means that it was not read to its end.</summary>
    public const int SomeRefused = 1;

    private const int Stopped = 2;
    private const int MaxRefusalsTold = 20;
    private const long LongToRead = 64 * 1024 * 1024;
    private const string StandardInput = "-";

    private ImportInput? _opened;
    private bool _isReadOnce;
    private ImportPlaces? _places;
    private ImportState? _state;
    private int _told;

    /// <summary>The file's name.</summary>
    public string Name => name;

    /// <summary>Those whose turn is after it.</summary>
    public IReadOnlyList<ImportRun> Later { get; init; } = [];

    /// <summary>What is in the file; known when it is prepared.</summary>
    public ImportFormat? Format { get; private set; }

    private ImportReading Reading => ImportReading.Of(Format!.Value, map);

    private string Shown => name == StandardInput ? "standard input" : name;

    /// <summary>Looks at all that can be wrong before anything is sent.</summary>
    /// <returns>Whether it can be run; what is wrong was told.</returns>
    public async Task<bool> PrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (name != StandardInput && Directory.Exists(name))
            {
                return Fails($"{name} is a folder; name its files.");
            }

            if (await OpenAsync(cancellationToken) is not { } input)
            {
                return false;
            }

            Format = input.Format;
            if (name == StandardInput || input.Length is null)
            {
                // What can be read once only stays open.
                (_opened, _isReadOnce) = (input, true);
            }
            else
            {
                await input.DisposeAsync();
            }

            _places = ImportPlaces.Find(_isReadOnce ? null : name, choice.State, choice.Rehearse ? ".rehearsed.ndjson" : ".refused.ndjson", !choice.Rehearse, out string? problem);
            return problem is null ? CanGoOn() && await IsWholeAsync(cancellationToken) : Fails($"{Shown} can't be imported: {problem}. Nothing was sent.");
        }
        catch (Exception e) when (e is ImportFileException or InvalidDataException)
        {
            return Fails($"{Shown} can't be imported: {e.Message}. Nothing was sent.");
        }
        catch (FormatException)
        {
            return Fails($"{_places!.State} is no state of an import; remove it to import all of {Shown} anew.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Fails("Interrupted.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            return Fails($"There is no file {name}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fails(e.Message);
        }
    }

    /// <summary>Runs it, prepared.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return choice.Scan && await ScanAsync(cancellationToken) is { } exitCode ? exitCode
                : choice.Rehearse ? await RehearseAsync(cancellationToken)
                : await SendAsync(_state ?? ImportState.Start(api.Url, Reading), cancellationToken);
        }
        catch (Exception e) when (e is ImportFileException or InvalidDataException)
        {
            return Refuse($"{Shown} can't be read on: {e.Message}.");
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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _places?.Dispose();
        if (_opened is { } input)
        {
            await input.DisposeAsync();
        }
    }

    // Whether there is no interrupted import, or one that was as this one is.
    private bool CanGoOn()
    {
        ImportState? state = _places!.State is { } path && ImportState.Read(path) is { Items: > 0 } begun ? begun : null;
        if (state is not null && state.Host != api.Url.AbsoluteUri)
        {
            return Fails($"{_places!.State} is of an interrupted import to {state.Host}: give --url {state.Host} to go on, or remove it to import all of {Shown} anew.");
        }

        if (state?.Reading.DiffersFrom(Reading) is { } difference)
        {
            return Fails($"{_places!.State} is of an interrupted import {difference} to go on, or remove it to import all of {Shown} anew.");
        }

        _state = state;
        return true;
    }

    // So that half a file is never sent: what follows a quote left open would be missing, and what is behind the end of a broken archive never was in it.
    private async Task<bool> IsWholeAsync(CancellationToken cancellationToken)
    {
        if (_isReadOnce || choice.Rehearse)
        {
            return true;
        }

        if (await OpenAsync(cancellationToken) is not { } input)
        {
            return false;
        }

        await using (input)
        {
            if (input.Length > LongToRead)
            {
                cli.Console.Line($"Reading {Shown} to its end before anything is sent…");
            }

            await ImportBatches.CheckAsync(input, map, cancellationToken);
            return true;
        }
    }

    private async Task<int?> ScanAsync(CancellationToken cancellationToken)
    {
        if (_isReadOnce)
        {
            return Refuse($"--scan reads a file before it is sent, and {Shown} can be read once only: save it as a file.");
        }

        var scan = new FieldScan();
        if (await OpenAsync(cancellationToken) is not { } input)
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

        if (await OpenAsync(cancellationToken) is not { } input)
        {
            return Stopped;
        }

        await using (input)
        {
            var mapper = new EnvelopeMapper(settings.Mapping, settings.Limits, rules);
            var rehearsal = new Rehearsal(new EventPreview(settings, mapper, new SteadyClock(cli.Time), new Random()));
            using var refused = new RefusedItems(_places!.Refused, 0);
            using var events = new ImportedEvents(settings.Mapping.PlaceholderIdentifiers);
            using var ids = new ImportIds(_places!.Tables);
            var progress = new ImportProgress(input, ImportState.Start(api.Url, Reading), cli);
            await progress.ShowAsync(async advanced =>
            {
                long items = 0;
                await foreach (ImportBatch batch in new ImportBatches(events, ids).ReadAsync(input, ImportBatches.ItemsAsync(input, map, cancellationToken), ImportState.Start(api.Url, Reading), cancellationToken))
                {
                    rehearsal.Add(batch, item =>
                    {
                        refused.Add(item);
                        Tell(item);
                    });
                    items = batch.Items;
                    advanced(ImportState.Start(api.Url, Reading) with { Accepted = items }, batch.Position);
                }
            });
            rehearsal.Tell(cli.Console);
            TellRefusedFile(refused.Length);
            return rehearsal.IsGood ? 0 : SomeRefused;
        }
    }

    private async Task<int> SendAsync(ImportState from, CancellationToken cancellationToken)
    {
        if (await OpenAsync(cancellationToken) is not { } input)
        {
            return Stopped;
        }

        await using (input)
        {
            using var refused = new RefusedItems(_places!.Refused, from.RefusedBytes);
            using var events = new ImportedEvents(placeholders);
            using var ids = new ImportIds(_places!.Tables);
            if (from.Items > 0)
            {
                cli.Console.Line($"Going on after line {from.Line:N0}: {from.Items:N0} of {Shown} are done.");
            }

            IAsyncEnumerable<ImportBatch> batches = new ImportBatches(events, ids).ReadAsync(input, ImportBatches.ItemsAsync(input, map, cancellationToken), from, cancellationToken);
            var importer = new Importer(api, cli.Time, refused, Tell, Waiting) { Begins = () => cli.Console.Line($"Sending {Shown} to {api.Url}, and waiting for its first answer…") };
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
                if (_places!.State is { } path && (state.Items == 0 || isDone))
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
        if (_places!.State is { } path)
        {
            state.Write(path);
        }
    }

    private async Task<ImportInput?> OpenAsync(CancellationToken cancellationToken)
    {
        if (_opened is { } once)
        {
            _opened = null;
            return once;
        }

        Stream raw = name == StandardInput
            ? cli.Input()
            : new FileStream(name, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
        switch (await ImportInput.OpenAsync(name, raw, choice.Format, cancellationToken))
        {
            case ImportOpening.Opened opened:
                return opened.Input;
            case ImportOpening.Refused refused:
                Refuse($"{Shown} can't be imported: {refused.Message}.");
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
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
            cli.Console.Line($"They are in {_places!.Refused}, with the reason of each. It holds personal data.");
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
        if (_places?.State is { } path && File.Exists(path))
        {
            cli.Console.Line($"Resume with: {choice.Command([this, .. Later])}");
            if (choice.KeyIsGiven)
            {
                cli.Console.Line($"And give the key as before, with --key.");
            }
        }

        return Stopped;
    }

    private bool Fails(string message)
    {
        Refuse(message);
        return false;
    }

    private int Refuse(string message)
    {
        cli.Console.Line($"[red]{message}[/]");
        return Stopped;
    }
}
