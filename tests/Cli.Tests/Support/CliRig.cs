using System.CommandLine;
using CustomerIoDestination.Cli.Commands;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Tests.Support;

/// <summary>The command line in a folder of its own, with a host that answers what a test says.</summary>
internal sealed class CliRig : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("cli-").FullName;

    public StubHost Host { get; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The console's columns.</summary>
    public int Width { get; init; } = 400;

    /// <summary>What somebody at a terminal types; null for no terminal.</summary>
    public string? Typed { get; set; }

    public string Output => _output.ToString();

    /// <summary>What is wrong with the arguments.</summary>
    public string Errors => _errors.ToString();

    public string Write(string file, string text)
    {
        string path = Path.Combine(Folder, file);
        File.WriteAllText(path, text);
        return path;
    }

    public string Write(string file, byte[] bytes)
    {
        string path = Path.Combine(Folder, file);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>What comes on standard input.</summary>
    public byte[] Input { get; set; } = [];

    public Task<int> RunAsync(params string[] args) => RunAsync(CancellationToken.None, args);

    /// <summary>The same, interrupted as by Ctrl+C.</summary>
    public Task<int> RunAsync(CancellationToken cancellationToken, params string[] args)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(_output) });
        console.Profile.Width = Width;
        var cli = new CliContext(console, Folder, Host, Time, Typed is null ? null : () => Typed) { Input = () => new MemoryStream(Input) };
        return DestinationCommand.RunAsync(args, cli, new InvocationConfiguration { Error = _errors }, cancellationToken);
    }

    public void Dispose()
    {
        Host.Dispose();
        _output.Dispose();
        _errors.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
