namespace CustomerIoDestination.QueueContract.Suites;

/// <summary>A class that runs a suite over something started by these programs: without them its tests are skipped, and say why.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsProgramsAttribute(params string[] programs) : Attribute
{
    public IReadOnlyList<string> Programs => programs;

    /// <summary>Why nothing that needs these can run here; null when all are on the path.</summary>
    public static string? ReasonToSkip(IEnumerable<string> programs) =>
        programs.FirstOrDefault(program => !IsOnPath(program)) is { } missing ? $"{missing} is not on the path." : null;

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
