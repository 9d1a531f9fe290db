using System.CommandLine;
using CustomerIoDestination.Cli.Checking;
using CustomerIoDestination.Cli.Configuration;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Commands;

/// <summary><c>check</c>: settings, rules, the tests of the rules, and the workspace at Customer.io.</summary>
internal static class CheckCommand
{
    public static Command Create(CliContext cli)
    {
        var rules = new Option<string?>("--rules") { Description = "The rules' file; without it, as Rules__Path says or destination.json." };
        var offline = new Option<bool>("--offline") { Description = "Don't ask Customer.io." };
        var command = new Command("check", "Check settings, rules and the workspace at Customer.io, where nothing is written, and run the tests of the rules (*.case.json beside them). Exit code 1 when anything is wrong.")
        {
            rules,
            offline,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(rules), parsed.GetValue(offline), cli, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? rulesPath, bool offline, CliContext cli, CancellationToken cancellationToken)
    {
        Checked<DestinationSettings> settings = CliConfiguration.Read(cli.WorkingDirectory);
        bool good = Tell(settings, cli.Console);
        RulesSettings rulesSettings = settings is Checked<DestinationSettings>.Valid valid ? valid.Value.Rules : new RulesSettings();
        Checked<RulesSource> rules = CliConfiguration.OpenRules(rulesPath, rulesSettings, cli.Time);
        good &= Tell(rules, cli.Console);
        if (rules is Checked<RulesSource>.Valid { Value: { Status.Path: { } path } source })
        {
            good &= RunCases(Path.GetDirectoryName(path)!, source.Current, cli);
        }

        if (settings is Checked<DestinationSettings>.Valid { Value: var usable })
        {
            good &= await WorkspaceCheck.RunAsync(usable, asks: !offline, cli.Console, cancellationToken);
        }

        return good ? 0 : 1;
    }

    private static bool Tell(Checked<DestinationSettings> result, IAnsiConsole console)
    {
        if (result is not Checked<DestinationSettings>.Invalid invalid)
        {
            console.MarkupLine("[green]✓[/] settings");
            foreach (Problem warning in ((Checked<DestinationSettings>.Valid)result).Value.Warnings)
            {
                console.Line($"    [yellow]![/] {warning.Where} {warning.Message}");
            }

            return true;
        }

        console.Line($"[red]✗[/] settings: {Count(invalid.Problems.Count, "problem")}");
        foreach (Problem problem in invalid.Problems)
        {
            console.Line($"    [yellow]{problem.Where}[/] {problem.Message}");
        }

        return false;
    }

    private static bool Tell(Checked<RulesSource> rules, IAnsiConsole console)
    {
        switch (rules)
        {
            case Checked<RulesSource>.Invalid invalid:
                console.Line($"[red]✗[/] rules: {Count(invalid.Problems.Count, "problem")} in {invalid.File}");
                foreach (Problem problem in invalid.Problems)
                {
                    console.Line($"    [yellow]{(problem.Where == "$" ? "the file" : problem.Where)}[/] {problem.Message}");
                }

                return false;
            case Checked<RulesSource>.Valid { Value: { Status.Path: { } path } source } valid:
                console.Line($"[green]✓[/] rules: {Count(source.Current.TransformationCount, "transformation")}{(source.Current.IsPrivate ? ", privacy mode on" : "")} in {path}");
                foreach (Problem warning in valid.Warnings)
                {
                    console.Line($"    [yellow]![/] {warning.Where} {warning.Message}");
                }

                return true;
            default:
                console.Line($"[green]✓[/] rules: no {RulesFile.DefaultName}, every event is sent as it comes");
                return true;
        }
    }

    private static bool RunCases(string folder, DestinationRules rules, CliContext cli)
    {
        bool good = true;
        foreach (string file in Directory.EnumerateFiles(folder, "*" + RuleCase.Suffix).Order(StringComparer.Ordinal))
        {
            CaseOutcome outcome = RuleCase.Run(file, rules, cli);
            good &= outcome is CaseOutcome.Passed;
            CaseReport.Write(outcome, cli.Console);
        }

        return good;
    }

    private static string Count(int count, string what) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
