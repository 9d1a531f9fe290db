namespace CustomerIoDestination.AzureServices.Tests.Support;

/// <summary>A test against a real Azurite; skipped, with the reason, where node or npm is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() =>
        Skip = new[] { "node", "npm" }.FirstOrDefault(program => !IsOnPath(program)) is { } missing ? $"{missing} is not on the path, so Azurite can't be installed." : null;

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
