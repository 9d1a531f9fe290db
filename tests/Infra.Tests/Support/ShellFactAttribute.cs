namespace CustomerIoDestination.Infra.Support;

/// <summary>A test that runs a shell script; skipped, with the reason, where there is no shell.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ShellFactAttribute : FactAttribute
{
    /// <summary>Decides at discovery.</summary>
    public ShellFactAttribute() => Skip = Missing;

    /// <summary>Null where the scripts run, else why they do not.</summary>
    public static string? Missing { get; } =
        CommandLine.Exists("sh") ? null : "sh is not on the path.";
}
