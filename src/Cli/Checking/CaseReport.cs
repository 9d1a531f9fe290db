using System.Diagnostics;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Checking;

/// <summary>Tells what came of a test of the rules.</summary>
internal static class CaseReport
{
    /// <summary>Writes one line when it passed, else what is different.</summary>
    public static void Write(CaseOutcome outcome, IAnsiConsole console)
    {
        switch (outcome)
        {
            case CaseOutcome.Passed:
                console.Line($"[green]✓[/] case: {outcome.Name}");
                break;
            case CaseOutcome.Unusable unusable:
                console.Line($"[red]✗[/] case: {unusable.Name}");
                console.Line($"    {unusable.Problem}");
                break;
            case CaseOutcome.Failed failed:
                console.Line($"[red]✗[/] case: {failed.Name}");
                foreach (CaseDifference difference in failed.Differences)
                {
                    console.Line($"    [yellow]{difference.Path}[/]");
                    console.Line($"      [red]- expected  {difference.Expected}[/]");
                    console.Line($"      [green]+ came out  {difference.Actual ?? "nothing"}[/]");
                }

                break;
            default:
                throw new UnreachableException();
        }
    }
}
