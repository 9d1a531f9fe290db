using CustomerIoDestination.Cli.Host;
using CustomerIoDestination.Cli.Importing;

namespace CustomerIoDestination.Cli.Commands;

/// <summary>A file that is imported: what is wrong with it is told before anything is sent.</summary>
internal sealed class ImportSource(string name, ImportChoice choice, CsvMap map, HostApi api, CliContext cli) : IAsyncDisposable
{
    private const long LongToRead = 64 * 1024 * 1024;
    private const string StandardInput = "-";

    private ImportInput? _opened;
    private ImportPlaces? _places;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Its name for people.</summary>
    public string Shown => name == StandardInput ? "standard input" : name;

    /// <summary>What is in it; known when it is prepared, as is all that follows.</summary>
    public ImportFormat? Format { get; private set; }

    /// <summary>Whether it can be read once only: standard input, a pipe.</summary>
    public bool IsReadOnce { get; private set; }

    /// <summary>Where is kept what the import writes.</summary>
    public ImportPlaces Places => _places!;

    /// <summary>How far an interrupted import got, or that there is none.</summary>
    public ImportState From { get; private set; } = null!;

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
                (_opened, IsReadOnce) = (input, true);
            }
            else
            {
                await input.DisposeAsync();
            }

            if (choice.Scan && IsReadOnce)
            {
                return Fails($"--scan reads a file before it is sent, and {Shown} can be read once only: save it as a file.");
            }

            _places = ImportPlaces.Find(IsReadOnce ? null : name, choice.State, choice.Rehearse ? ".rehearsed.ndjson" : ".refused.ndjson", !choice.Rehearse, out string? problem);
            return problem is null ? CanGoOn() && await IsWholeAsync(cancellationToken) : Fails($"{Shown} can't be imported: {problem}. Nothing was sent.");
        }
        catch (Exception e) when (e is ImportFileException or InvalidDataException)
        {
            return Fails($"{Shown} can't be imported: {e.Message}. Nothing was sent.");
        }
        catch (FormatException)
        {
            return Fails($"{_places?.State} is no state of an import; remove it to import all of {Shown} anew.");
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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _places?.Dispose();
        if (_opened is { } input)
        {
            await input.DisposeAsync();
        }
    }

    /// <summary>Opens it; null when it can't be imported, which was told.</summary>
    public async Task<ImportInput?> OpenAsync(CancellationToken cancellationToken)
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
                Fails($"{Shown} can't be imported: {refused.Message}.");
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    // Whether there is no interrupted import, or one that was as this one is.
    private bool CanGoOn()
    {
        var reading = ImportReading.Of(Format!.Value, map);
        ImportState? state = Places.State is { } path && ImportState.Read(path) is { Items: > 0 } begun ? begun : null;
        if (state is not null && state.Host != api.Url.AbsoluteUri)
        {
            return Fails($"{_places?.State} is of an interrupted import to {state.Host}: give --url {state.Host} to go on, or remove it to import all of {Shown} anew.");
        }

        if (state?.Reading.DiffersFrom(reading) is { } difference)
        {
            return Fails($"{_places?.State} is of an interrupted import {difference} to go on, or remove it to import all of {Shown} anew.");
        }

        From = state ?? ImportState.Start(api.Url, reading);
        return true;
    }

    // So that half a file is never sent: what follows a quote left open would be missing, and what is behind the end of a broken archive never was in it.
    private async Task<bool> IsWholeAsync(CancellationToken cancellationToken)
    {
        if (IsReadOnce || choice.Rehearse)
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

    private bool Fails(string message)
    {
        cli.Console.Line($"[red]{message}[/]");
        return false;
    }
}
