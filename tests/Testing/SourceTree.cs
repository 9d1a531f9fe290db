namespace CustomerIoDestination.Testing;

/// <summary>The checked-out sources that the running tests were built from.</summary>
public static class SourceTree
{
    /// <summary>The folder that holds the solution: the first above the tests' assemblies that does.</summary>
    public static string Root { get; } = Above(AppContext.BaseDirectory);

    private static string Above(string folder) => File.Exists(Path.Combine(folder, "FunctionsApp.sln"))
        ? folder
        : Above(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds FunctionsApp.sln."));
}
