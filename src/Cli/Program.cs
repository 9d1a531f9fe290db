using CustomerIoDestination.Cli;
using CustomerIoDestination.Cli.Commands;
using Spectre.Console;
using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
var cli = new CliContext(AnsiConsole.Console, Directory.GetCurrentDirectory(), handler, TimeProvider.System, Console.IsInputRedirected ? null : Console.ReadLine);
return await DestinationCommand.Create(cli).Parse(args).InvokeAsync();
