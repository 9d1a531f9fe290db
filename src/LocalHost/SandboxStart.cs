using CustomerIoDestination.Settings;
using TrackApiSandbox;

namespace CustomerIoDestination.LocalHost;

/// <summary>The sandbox the host delivers to while no workspace is configured.</summary>
internal static class SandboxStart
{
    /// <summary>Starts it; null when a workspace is configured.</summary>
    /// <exception cref="StartRefusedException">Its port is in use, or events of a real queue would end in it.</exception>
    public static async Task<SandboxServer?> StartAsync(DestinationSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (settings.CustomerIo.SiteId is not null)
        {
            return null;
        }

        if (settings is { Queue.Kind: QueueKind.ServiceBus, ServiceBus.IsEmulator: false })
        {
            throw new StartRefusedException(
                "CustomerIo__SiteId: is missing. The queue is a real one, and its events would be taken off it and delivered to a sandbox. Set it with its key, or take the emulator.");
        }

        var options = new SandboxOptions
        {
            Port = settings.Sandbox.Port,
            SiteId = settings.Sandbox.SiteId,
            ApiKey = settings.Sandbox.ApiKey?.Reveal(),
        };
        try
        {
            return await SandboxServer.StartAsync(options, time, cancellationToken);
        }
        catch (SandboxPortUnavailableException unavailable)
        {
            throw new StartRefusedException(unavailable.Message, unavailable);
        }
    }

    /// <summary>The sandbox as the workspace to deliver to.</summary>
    public static CustomerIoSettings Workspace(DestinationSettings settings, SandboxServer sandbox) => new()
    {
        SiteId = settings.Sandbox.SiteId ?? "sandbox",
        ApiKey = settings.Sandbox.ApiKey ?? new Secret("sandbox"),
        TrackApiUrl = sandbox.BaseAddress,
    };
}
