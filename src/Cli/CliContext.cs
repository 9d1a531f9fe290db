using Spectre.Console;

namespace CustomerIoDestination.Cli;

/// <summary>What the commands touch of the world.</summary>
/// <param name="Console">Where they write.</param>
/// <param name="WorkingDirectory">Where settings and rules are looked for.</param>
/// <param name="Http">How a running host is reached.</param>
/// <param name="Time">Tells the time and waits.</param>
/// <param name="ReadLine">Reads what somebody types; null where nobody can be asked, because the input is no terminal.</param>
internal sealed record CliContext(IAnsiConsole Console, string WorkingDirectory, HttpMessageHandler Http, TimeProvider Time, Func<string?>? ReadLine)
{
    /// <summary>Opens standard input.</summary>
    public Func<Stream> Input { get; init; } = System.Console.OpenStandardInput;
}
