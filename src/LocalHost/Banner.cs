using CustomerIoDestination.Settings;

namespace CustomerIoDestination.LocalHost;

/// <summary>What the host says when it has started.</summary>
internal static class Banner
{
    /// <summary>Where everything is.</summary>
    public static string For(LocalHostApp app)
    {
        string target = app.Sandbox is { } sandbox
            ? $"a sandbox of Customer.io at {sandbox.BaseAddress} (what it knows: {sandbox.BaseAddress}sandbox/state)"
            : "Customer.io";
        string queue = app.Settings switch
        {
            { Queue: { Kind: QueueKind.Sqlite, Path: var path } } => Path.GetFullPath(path),
            { DeliveryLog.IsConfigured: true, ServiceBus.QueueName: var name } => $"{name} on Service Bus; delivery log in tables",
            { Queue.Path: var path, ServiceBus.QueueName: var name } => $"{name} on Service Bus; delivery log {Path.GetFullPath(path)}",
        };
        return $"""

            Freshpaint to Customer.io destination {typeof(Banner).Assembly.GetName().Version?.ToString(3)}
              page       {app.BaseAddress}
              events     POST {app.BaseAddress}api/events
              queue      {queue}
              delivers   to {target}, at most {app.Settings.Delivery.RequestsPerSecond} requests a second
              stop       Ctrl+C; what is queued stays queued
            """;
    }
}
