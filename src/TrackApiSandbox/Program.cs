namespace TrackApiSandbox;

/// <summary>The sandbox as a program of its own: settings from the environment (<c>Sandbox__Port</c>, …) or the command line.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        try
        {
            HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
            SandboxOptions options = SandboxOptions.Read(builder.Configuration);
            await using SandboxServer server = await SandboxServer.StartAsync(options, TimeProvider.System, CancellationToken.None);
            await Console.Out.WriteLineAsync($"The Track API sandbox listens on {server.BaseAddress}. What it knows: {server.BaseAddress}sandbox/state.");
            await builder.Build().RunAsync();
            return 0;
        }
        catch (Exception refusal) when (refusal is SandboxPortUnavailableException or InvalidOperationException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            return 1;
        }
    }
}
