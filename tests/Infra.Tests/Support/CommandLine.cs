using System.Diagnostics;

namespace CustomerIoDestination.Infra.Support;

/// <summary>What a program came to.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Both outputs, for a test's message.</summary>
    public string Everything => $"exit code {ExitCode}\n{Output}\n{Error}";
}

/// <summary>Runs programs to their end.</summary>
internal static class CommandLine
{
    /// <summary>Runs a program and reads all it writes.</summary>
    public static Task<CommandResult> RunAsync(string program, string directory, params string[] arguments) =>
        RunAsync(program, directory, new Dictionary<string, string?>(StringComparer.Ordinal), arguments);

    /// <summary>The same, with variables of its own; one that is null is not there.</summary>
    public static Task<CommandResult> RunAsync(string program, string directory, IReadOnlyDictionary<string, string?> variables, params string[] arguments) =>
        RunAsync(program, directory, variables, "", arguments);

    /// <summary>The same, with what it reads from standard input.</summary>
    public static async Task<CommandResult> RunAsync(string program, string directory, IReadOnlyDictionary<string, string?> variables, string input, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return new CommandResult(process.ExitCode, await output, await error);
    }

    /// <summary>Whether a program is on the path.</summary>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
