using System.CommandLine;
using CustomerIoDestination.Cli.Checking;
using CustomerIoDestination.Cli.Configuration;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Commands;

/// <summary><c>check</c>: settings, rules, the tests of the rules, and the workspace at Customer.io.</summary>
internal static class CheckCommand
{
    /// <summary>The command.</summary>
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
        SettingsResult settings = CliConfiguration.Read(cli.WorkingDirectory);
        bool good = Tell(settings, cli.Console);
        RulesSettings rulesSettings = settings is SettingsResult.Valid valid ? valid.Settings.Rules : new RulesSettings();
        CliRules rules = CliRules.Read(rulesPath, rulesSettings, cli.Time);
        good &= Tell(rules, cli.Console);
        if (rules is { Path: { } path, Result: RulesResult.Valid { Rules: var loaded } })
        {
            good &= RunCases(Path.GetDirectoryName(path)!, loaded, cli);
        }

        if (!offline && settings is SettingsResult.Valid { Settings: var usable })
        {
            good &= await WorkspaceCheck.RunAsync(usable, cli.Console, cancellationToken);
        }

        return good ? 0 : 1;
    }

    private static bool Tell(SettingsResult result, IAnsiConsole console)
    {
        if (result is not SettingsResult.Invalid invalid)
        {
            console.MarkupLine("[green]✓[/] settings");
            foreach (SettingProblem warning in ((SettingsResult.Valid)result).Settings.Warnings)
            {
                console.Line($"    [yellow]![/] {warning.Name} {warning.Message}");
            }

            return true;
        }

        console.Line($"[red]✗[/] settings: {Count(invalid.Problems.Count, "problem")}");
        foreach (SettingProblem problem in invalid.Problems)
        {
            console.Line($"    [yellow]{problem.Name}[/] {problem.Message}");
        }

        return false;
    }

    private static bool Tell(CliRules rules, IAnsiConsole console)
    {
        switch (rules)
        {
            case { Path: null }:
                console.Line($"[green]✓[/] rules: no {RulesFile.DefaultName}, every event is sent as it comes");
                return true;
            case { Result: RulesResult.Invalid invalid }:
                console.Line($"[red]✗[/] rules: {Count(invalid.Problems.Count, "problem")} in {rules.Path}");
                foreach (RulesProblem problem in invalid.Problems)
                {
                    console.Line($"    [yellow]{(problem.Path == "$" ? "the file" : problem.Path)}[/] {problem.Message}");
                }

                return false;
            default:
                DestinationRules loaded = ((RulesResult.Valid)rules.Result).Rules;
                console.Line($"[green]✓[/] rules: {Count(loaded.TransformationCount, "transformation")}{(loaded.IsPrivate ? ", privacy mode on" : "")} in {rules.Path}");
                foreach (RulesProblem warning in ((RulesResult.Valid)rules.Result).Warnings)
                {
                    console.Line($"    [yellow]![/] {warning.Path} {warning.Message}");
                }

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
