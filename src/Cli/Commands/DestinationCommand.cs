using System.CommandLine;
using System.CommandLine.Invocation;

namespace CustomerIoDestination.Cli.Commands;

/// <summary>The command line.</summary>
internal static class DestinationCommand
{
    /// <summary>The exit code where the command line is not understood, or the key can't be sent. Nothing was done then.</summary>
    public const int NotUnderstood = 2;

    /// <summary>Does what a command line says; the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CliContext cli, InvocationConfiguration? configuration = null, CancellationToken cancellationToken = default)
    {
        ParseResult parsed = Create(cli).Parse(args);
        int exitCode = await parsed.InvokeAsync(configuration, cancellationToken);
        return parsed.Action is ParseErrorAction ? NotUnderstood : exitCode;
    }

    /// <summary>All commands.</summary>
    public static RootCommand Create(CliContext cli)
    {
        var root = new RootCommand("Freshpaint to Customer.io: check and preview what is configured, tell an event's story, import events, look after dead letters, forget people.")
        {
            CheckCommand.Create(cli),
            PreviewCommand.Create(cli),
            StoryCommand.Create(cli),
            DeadLettersCommand.Create(cli),
            ImportCommand.Create(cli),
            ForgetCommand.Create(cli),
        };
        foreach (Command command in root.Subcommands.Concat(root.Subcommands.SelectMany(command => command.Subcommands)))
        {
            command.Action = command.Action is AsynchronousCommandLineAction action ? new WithUsableKey(action, cli) : command.Action;
        }

        return root;
    }

    private sealed class WithUsableKey(AsynchronousCommandLineAction action, CliContext cli) : AsynchronousCommandLineAction
    {
        public override async Task<int> InvokeAsync(ParseResult parseResult, CancellationToken cancellationToken = default)
        {
            try
            {
                return await action.InvokeAsync(parseResult, cancellationToken);
            }
            catch (UnusableKeyException e)
            {
                cli.Console.Line($"[red]{e.Message}[/]");
                return NotUnderstood;
            }
        }
    }
}
