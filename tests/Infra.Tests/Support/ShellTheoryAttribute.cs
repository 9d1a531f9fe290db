namespace CustomerIoDestination.Infra.Support;

/// <summary>A theory that runs a shell script; skipped, with the reason, where there is no shell.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ShellTheoryAttribute : TheoryAttribute
{
    /// <summary>Decides at discovery.</summary>
    public ShellTheoryAttribute() => Skip = ShellFactAttribute.Missing;
}
