using System.CommandLine;
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
        var format = new Option<ImportFormat?>("--format") { Description = "What is in the files; without it, it is found: CSV by the name, JSON by the content." };
        var map = new Option<string?>("--map") { Description = "A JSON file that says what a CSV's columns are: {\"columns\": {\"Age\": {\"to\": \"traits.age\", \"type\": \"number\"}}, \"set\": {\"type\": \"identify\"}}." };
        var state = new Option<string?>("--state") { Description = "Where is kept how far an import is; without it, FILE.import.json. Standard input has none unless given." };
        var scan = new Option<bool>("--scan") { Description = "First report the fields that look like e-mail addresses, phone, social security or card numbers, and ask." };
        var rehearse = new Option<bool>("--rehearse") { Description = "Map everything with the settings and rules of here, and send nothing." };
        var yes = new Option<bool>("--yes") { Description = "Don't ask after --scan." };
        var command = new Command("import", "Send files of events to a running host, in the import lane. Interrupted, the same command goes on where it stopped.") { files, format, map, state, scan, rehearse, yes };
        host.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string[] names = parsed.GetRequiredValue(files);
            var choice = new ImportChoice(
                parsed.GetValue(format), parsed.GetValue(map), parsed.GetValue(state), parsed.GetValue(scan), parsed.GetValue(rehearse), parsed.GetValue(yes));
            if (choice.State is not null && names.Length > 1)
            {
                cli.Console.MarkupLine("[red]--state is for one file;[/] each of several has its own beside it.");
                return 1;
            }

            using HostApi api = host.Open(parsed, cli);
            int worst = 0;
            foreach (string name in names)
            {
                int exitCode = await new ImportRun(name, choice, Placeholders(cli), api, cli).RunAsync(cancellationToken);
                worst = Math.Max(worst, exitCode);
                if (exitCode > ImportRun.SomeRefused)
                {
                    break;
                }
            }

            return Math.Min(worst, 1);
        });
        return command;
    }

    // As the host has them, as far as that is known here.
    private static PlaceholderIdentifiers Placeholders(CliContext cli) =>
        CliConfiguration.Read(cli.WorkingDirectory) is Checked<DestinationSettings>.Valid { Value: var settings } ? settings.Mapping.PlaceholderIdentifiers : PlaceholderIdentifiers.Default;
}
