using System.CommandLine;
using System.Text.RegularExpressions;
using CustomerIoDestination.Cli.Commands;
using CustomerIoDestination.Cli.Tests.Support;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Tests;

/// <summary>What the documentation says to type is understood, and what can be typed is in the documentation.</summary>
public sealed partial class DocumentedCommandsTests : IDisposable
{
    private static readonly string Root = SourceTree.Root;

    private readonly StubHost _host = new();

    public void Dispose() => _host.Dispose();

    public static TheoryData<string> Lines =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md").Append(Path.Combine(Root, "README.md")).Append(Path.Combine(Root, "SECURITY.md"))
            .SelectMany(page => Typed().Matches(File.ReadAllText(page)))
            .Select(match => match.Groups["arguments"].Value.Trim())
            .Where(arguments => arguments.Length > 0 && !arguments.StartsWith("COMMAND", StringComparison.Ordinal))
            .Distinct(),
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_command_of_the_documentation_is_one(string arguments) =>
        Commands().Parse(arguments).Errors.Select(error => error.Message).ShouldBeEmpty();

    [Fact]
    public void Every_command_is_in_the_table_of_the_command_line()
    {
        string page = File.ReadAllText(Path.Combine(Root, "docs/operating.md"));
        string table = page[page.IndexOf("## The command line", StringComparison.Ordinal)..];

        Commands().Subcommands.Select(command => command.Name).ShouldAllBe(name => table.Contains($"| `{name}", StringComparison.Ordinal));
        Commands().Subcommands.Single(command => command.Name == "dead-letters").Subcommands.Select(command => command.Name).ShouldAllBe(name => table.Contains($"`{name}", StringComparison.Ordinal) || table.Contains($" {name}", StringComparison.Ordinal));
    }

    private RootCommand Commands() => DestinationCommand.Create(new CliContext(AnsiConsole.Console, Root, _host, TimeProvider.System, null));

    // Up to the end of the code, or a comment.
    [GeneratedRegex(@"(dotnet run --project src/Cli -- |(?<=[`\n])destination )(?<arguments>[^`\n#]+)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Typed();
}
