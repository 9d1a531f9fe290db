namespace CustomerIoDestination.Suites;

/// <summary>A class that runs a suite over something started by these programs.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsProgramsAttribute(params string[] programs) : RunsWhereAttribute
{
    /// <summary>What it needs.</summary>
    public IReadOnlyList<string> Programs => programs;

    /// <inheritdoc/>
    public override string? WhyNot => ReasonToSkip(programs);

    /// <summary>Why nothing that needs these can run here; null when all are on the path.</summary>
    public static string? ReasonToSkip(IEnumerable<string> programs) =>
        programs.FirstOrDefault(program => !IsOnPath(program)) is { } missing ? $"{missing} is not on the path." : null;

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
