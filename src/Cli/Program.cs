using System.CommandLine;
using CustomerIoDestination.Cli;
using CustomerIoDestination.Cli.Commands;
using CustomerIoDestination.Cli.Host;
using Spectre.Console;

using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) };
var cli = new CliContext(AnsiConsole.Console, Directory.GetCurrentDirectory(), handler, TimeProvider.System, Console.IsInputRedirected ? null : Console.ReadLine);

// In a pipe or a file there is no edge to fold lines and tables at.
if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = short.MaxValue;
}

// Ctrl+C lets a call end that changes something: what it did is known by its answer only.
return await DestinationCommand.RunAsync(args, cli, new InvocationConfiguration { ProcessTerminationTimeout = DeadLetterPass.LongestCall });
