using System.CommandLine;
using System.CommandLine.Invocation;

namespace CustomerIoDestination.Cli.Commands;

/// <summary>The command line.</summary>
internal static class DestinationCommand
{
    /// <summary>The exit code where the command line is not understood. Nothing was done then.</summary>
    public const int NotUnderstood = 2;

    /// <summary>Does what a command line says; the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CliContext cli, InvocationConfiguration? configuration = null, CancellationToken cancellationToken = default)
    {
        ParseResult parsed = Create(cli).Parse(args);
        int exitCode = await parsed.InvokeAsync(configuration, cancellationToken);
        return parsed.Action is ParseErrorAction ? NotUnderstood : exitCode;
    }

    /// <summary>All commands.</summary>
    public static RootCommand Create(CliContext cli) => new("Freshpaint to Customer.io: check and preview what is configured, tell an event's story, import events, look after dead letters, forget people.")
    {
        CheckCommand.Create(cli),
        PreviewCommand.Create(cli),
        StoryCommand.Create(cli),
        DeadLettersCommand.Create(cli),
        ImportCommand.Create(cli),
        ForgetCommand.Create(cli),
    };
}
