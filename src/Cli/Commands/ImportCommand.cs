using System.CommandLine;
using System.CommandLine.Parsing;
using CustomerIoDestination.Cli.Configuration;
using CustomerIoDestination.Cli.Host;
using CustomerIoDestination.Cli.Importing;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Commands;

/// <summary><c>import</c>: sends files of events through the import lane, which leaves the live events their speed.</summary>
internal static class ImportCommand
{
    public static Command Create(CliContext cli)
    {
        var host = HostOptions.Ingest();
        var files = new Argument<string[]>("files")
        {
            Description = "Files of newline-delimited JSON, a JSON array or CSV, as they are or packed with gzip; - for standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        files.Validators.Add(NoOptions);
        var format = new Option<ImportFormat?>("--format") { Description = "What is in the files, ndjson, json or csv; without it, it is found: CSV by the name, JSON by the content.", CustomParser = Format };
        var mapFile = new Option<string?>("--map") { Description = "A JSON file that says what a CSV's columns are: {\"columns\": {\"Age\": {\"to\": \"traits.age\", \"type\": \"number\"}}, \"set\": {\"type\": \"identify\"}}." };
        var state = new Option<string?>("--state") { Description = "Where is kept how far an import is; without it, FILE.import.json. Standard input has none unless given." };
        var scan = new Option<bool>("--scan") { Description = "First report the fields that look like e-mail addresses, phone, social security or card numbers, and ask." };
        var rehearse = new Option<bool>("--rehearse") { Description = "Map everything with the settings and rules of here, and send nothing." };
        var yes = new Option<bool>("--yes") { Description = "Don't ask after --scan." };
        var command = new Command("import", "Send files of events to a running host, in the import lane. Interrupted, the same command goes on where it stopped.") { files, format, mapFile, state, scan, rehearse, yes };
        host.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string[] names = parsed.GetRequiredValue(files);
            var choice = new ImportChoice(
                parsed.GetValue(format), parsed.GetValue(mapFile), parsed.GetValue(state), parsed.GetValue(scan), parsed.GetValue(rehearse), parsed.GetValue(yes), host.Repeated(parsed), host.GivesKey(parsed));
            if (choice.State is not null && names.Length > 1)
            {
                cli.Console.MarkupLine("[red]--state is for one file;[/] each of several has its own beside it.");
                return 1;
            }

            if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            {
                cli.Console.Line($"[red]{twice.Key} is named twice.[/]");
                return 1;
            }

            CsvMap map;
            try
            {
                map = choice.Map is null ? CsvMap.None : await CsvMap.ReadAsync(choice.Map, cancellationToken);
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                cli.Console.Line($"[red]The map {choice.Map} can't be used: {e.Message}[/]");
                return 1;
            }

            using HostApi api = host.Open(parsed, cli);
            ImportSource[] sources = [.. names.Select(name => new ImportSource(name, choice, map, api, cli))];
            try
            {
                return await RunAsync(sources, choice, map, api, cli, cancellationToken);
            }
            finally
            {
                foreach (ImportSource source in sources)
                {
                    await source.DisposeAsync();
                }
            }
        });
        return command;
    }

    // What is wrong with the last file is told before the first is sent.
    private static async Task<int> RunAsync(ImportSource[] files, ImportChoice choice, CsvMap map, HostApi api, CliContext cli, CancellationToken cancellationToken)
    {
        foreach (ImportSource file in files)
        {
            if (!await file.PrepareAsync(cancellationToken))
            {
                return 1;
            }
        }

        if (choice.Map is not null && !Array.Exists(files, file => file.Format == ImportFormat.Csv))
        {
            cli.Console.Line($"[red]--map says what the columns of a CSV are, and none of the files is one.[/] Leave it out, or say --format csv.");
            return 1;
        }

        int worst = 0;
        for (int i = 0; i < files.Length && worst <= ImportRun.SomeRefused; i++)
        {
            var run = new ImportRun(files[i], choice, map, Placeholders(cli), api, cli) { Later = files[(i + 1)..] };
            worst = Math.Max(worst, await run.RunAsync(cancellationToken));
        }

        return Math.Min(worst, 1);
    }

    // A mistyped option would count as a file, and be told only when the files before it are sent.
    private static void NoOptions(ArgumentResult result)
    {
        foreach (Token token in result.Tokens.Where(token => token.Value is ['-', _, ..]))
        {
            result.AddError($"'{token.Value}' is no option of import. A file of that name is given as ./{token.Value}");
        }
    }

    private static ImportFormat? Format(ArgumentResult result)
    {
        string name = result.Tokens[0].Value;
        foreach (ImportFormat format in Enum.GetValues<ImportFormat>())
        {
            if (string.Equals(format.ToString(), name, StringComparison.OrdinalIgnoreCase))
            {
                return format;
            }
        }

        result.AddError($"'{name}' is no format; there are ndjson, json and csv.");
        return null;
    }

    // As the host has them, as far as that is known here.
    private static PlaceholderIdentifiers Placeholders(CliContext cli) =>
        CliConfiguration.Read(cli.WorkingDirectory) is Checked<DestinationSettings>.Valid { Value: var settings } ? settings.Mapping.PlaceholderIdentifiers : PlaceholderIdentifiers.Default;
}
