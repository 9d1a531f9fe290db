using System.CommandLine;
using CustomerIoDestination.Cli.Host;
using CustomerIoDestination.Cli.Importing;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Commands;

/// <summary><c>import</c>: sends a file of events through the import lane, which leaves the live events their speed.</summary>
internal static class ImportCommand
{
    private const int MaxRejectionsTold = 20;

    /// <summary>The command.</summary>
    public static Command Create(CliContext cli)
    {
        var host = HostOptions.Ingest();
        var file = new Argument<string>("file") { Description = "A file of newline-delimited JSON, an event a line." };
        var offset = new Option<long>("--offset") { Description = "The byte to resume from, as an interrupted import told it." };
        var command = new Command("import", "Send a file's events to a running host, in the import lane.") { file, offset };
        host.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string path = parsed.GetRequiredValue(file);
            long start = parsed.GetValue(offset);
            if (!File.Exists(path) || start < 0 || start > new FileInfo(path).Length)
            {
                cli.Console.Line($"[red]There is no file, or no such place in it:[/] {path}");
                return 1;
            }

            using HostApi api = host.Open(parsed, cli);
            return await RunAsync(api, path, start, cli, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(HostApi api, string path, long offset, CliContext cli, CancellationToken cancellationToken)
    {
        int told = 0;
        var importer = new Importer(
            api,
            cli.Time,
            (line, why) =>
            {
                if (told++ < MaxRejectionsTold)
                {
                    cli.Console.Line($"[yellow]line {line}[/] {why}");
                }
            },
            (tried, most, wait) => cli.Console.Line($"[yellow]No answer yet at {api.Url}[/] ({tried} of {most}); trying again in {wait.TotalSeconds:0.#} s."));
        HostAnswer? stoppedBy = null;
        bool cancelled = false;
        await using FileStream file = File.OpenRead(path);
        await cli.Console.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).StartAsync(async context =>
        {
            ProgressTask task = context.AddTask("importing", maxValue: Math.Max(1, file.Length));
            task.Value = offset;
            try
            {
                stoppedBy = await importer.RunAsync(file, offset, progress => Show(task, progress), cancellationToken);
            }
            catch (OperationCanceledException)
            {
                cancelled = true;
            }
        });
        return Tell(importer.Progress, stoppedBy, cancelled, path, cli.Console);
    }

    private static void Show(ProgressTask task, ImportProgress progress)
    {
        task.Value = progress.Offset;
        task.Description = $"{progress.Accepted:N0} events";
    }

    private static int Tell(ImportProgress progress, HostAnswer? stoppedBy, bool cancelled, string path, IAnsiConsole console)
    {
        console.Line($"[green]{progress.Accepted:N0}[/] accepted, {progress.Skipped:N0} skipped, {progress.Rejected:N0} rejected.");
        if (stoppedBy is null && !cancelled)
        {
            return progress.Rejected == 0 ? 0 : 1;
        }

        console.Line($"[red]{(cancelled ? "Interrupted." : stoppedBy!.Problem)}[/]");
        console.Line($"Resume with: import {path} --offset {progress.Offset}");
        return 1;
    }
}
