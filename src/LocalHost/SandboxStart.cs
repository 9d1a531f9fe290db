using CustomerIoDestination.Settings;
using TrackApiSandbox;

namespace CustomerIoDestination.LocalHost;

/// <summary>The sandbox the host delivers to while no workspace is configured.</summary>
internal static class SandboxStart
{
    /// <summary>Starts it; null when a workspace is configured.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="addresses">Where the host listens.</param>
    /// <param name="time">The sandbox's clock.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="StartRefusedException">Its port is in use, or real events would end in it.</exception>
    public static async Task<SandboxServer?> StartAsync(DestinationSettings settings, IReadOnlyList<Uri> addresses, TimeProvider time, CancellationToken cancellationToken)
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

        if (settings.Privacy.Hipaa && !ListenAddresses.IsLoopbackOnly(addresses))
        {
            throw new StartRefusedException("CustomerIo__SiteId: is missing, Privacy__Hipaa is true, and other machines reach this one: health data would go to a sandbox. Set it with its key, or listen on 127.0.0.1.");
        }

        bool isOpen = settings.Sandbox.Enabled != true && !ListenAddresses.IsLoopbackOnly(addresses);
        if ((settings.WhyNoSandbox() ?? (isOpen ? "other machines reach this one, so real events may come" : null)) is { } reason)
        {
            throw new StartRefusedException(
                $"CustomerIo__SiteId: is missing, and {reason}. Set it with its key to deliver to Customer.io, or Sandbox__Enabled=true to deliver to a sandbox on this machine, which forgets every event at exit.");
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
