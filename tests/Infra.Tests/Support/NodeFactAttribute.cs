namespace CustomerIoDestination.Infra.Support;

/// <summary>A test that runs node, and npm if asked; skipped, with the reason, where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeFactAttribute : FactAttribute
{
    /// <summary>Decides at discovery.</summary>
    public NodeFactAttribute(params string[] programs) =>
        Skip = programs.Prepend("node").FirstOrDefault(program => !CommandLine.Exists(program)) is { } missing ? $"{missing} is not on the path." : null;
}
