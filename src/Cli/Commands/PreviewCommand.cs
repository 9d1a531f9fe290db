using System.CommandLine;
using CustomerIoDestination.Cli.Checking;
using CustomerIoDestination.Cli.Configuration;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Commands;

/// <summary><c>preview</c>: what would become of events, without a host and without sending anything.</summary>
internal static class PreviewCommand
{
    public static Command Create(CliContext cli)
    {
        var file = new Argument<string>("file") { Description = "A file with one event, an array, a batch or newline-delimited JSON; - for standard input." };
        var rules = new Option<string?>("--rules") { Description = "The rules' file; without it, as Rules__Path says or destination.json." };
        var json = new Option<bool>("--json") { Description = "Write JSON, as POST /api/preview answers it." };
        var command = new Command("preview", "Show what would become of events. Nothing is sent.") { file, rules, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetRequiredValue(file), parsed.GetValue(rules), parsed.GetValue(json), cli, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string? rulesPath, bool asJson, CliContext cli, CancellationToken cancellationToken)
    {
        if (CliConfiguration.Read(cli.WorkingDirectory) is not Checked<DestinationSettings>.Valid { Value: var settings }
            || CliConfiguration.OpenRules(rulesPath, settings.Rules, cli.Time) is not Checked<RulesSource>.Valid { Value: var rules })
        {
            cli.Console.Line($"[red]Settings or rules have problems;[/] run check{(rulesPath is null ? "" : $" --rules {rulesPath}")} to see them.");
            return 1;
        }

        if (await ReadAsync(file, cli, cancellationToken) is not { } body)
        {
            cli.Console.Line($"[red]There is no file[/] {file}");
            return 1;
        }

        var mapper = new EnvelopeMapper(settings.Mapping, settings.Limits, rules);
        var preview = new EventPreview(settings, mapper, new SteadyClock(cli.Time), new Random());
        if (preview.Preview(body, new IngestRequest(null, LifecycleAllowed: true, null)) is not PreviewResult.Items items)
        {
            cli.Console.MarkupLine("[red]There are more events in it than one request may hold.[/]");
            return 1;
        }

        if (asJson)
        {
            cli.Console.Plain(CliJson.Of(items.Values).ToJsonString(CliJson.Indented));
        }
        else
        {
            foreach (PreviewItem item in items.Values)
            {
                PreviewReport.Write(item, cli.Console);
            }
        }

        return items.Values.Any(item => item.Outcome == "reject") ? 1 : 0;
    }

    private static async Task<byte[]?> ReadAsync(string file, CliContext cli, CancellationToken cancellationToken)
    {
        if (file != "-")
        {
            return File.Exists(file) ? await File.ReadAllBytesAsync(file, cancellationToken) : null;
        }

        using var body = new MemoryStream();
        await using Stream input = cli.Input();
        await input.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }
}
