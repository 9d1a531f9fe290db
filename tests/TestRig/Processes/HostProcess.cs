namespace CustomerIoDestination.TestRig.Processes;

/// <summary>The local host as a process of its own.</summary>
internal static class HostProcess
{
    /// <summary>Starts the host in a folder; settings as on its command line.</summary>
    public static ChildProcess Start(string folder, IEnumerable<string> settings, long? fileSizeLimit = null, long? heapLimit = null) =>
        ChildProcess.Start("CustomerIoDestination.LocalHost.dll", folder, settings, fileSizeLimit, heapLimit);

    /// <summary>Where the host listens, once it has started.</summary>
    public static async Task<Uri> BaseAddressAsync(this ChildProcess host) => new((await host.LineAsync("  page ")).Split(' ')[^1]);
}
