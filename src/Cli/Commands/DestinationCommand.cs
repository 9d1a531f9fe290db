using System.CommandLine;

namespace CustomerIoDestination.Cli.Commands;

/// <summary>The command line.</summary>
internal static class DestinationCommand
{
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
