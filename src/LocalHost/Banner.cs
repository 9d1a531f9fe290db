using System.Globalization;
using CustomerIoDestination.Ports;
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
        string warning = app.Sandbox is null ? "" : $"{Environment.NewLine}  sandbox    Events go to a sandbox on this machine and are forgotten at exit.";
        return $"""

            Freshpaint to Customer.io destination {typeof(Banner).Assembly.GetName().Version?.ToString(3)}
              page       {app.BaseAddress}
              events     POST {app.BaseAddress}api/events
              queue      {queue}
              delivers   to {target}, at most {app.Settings.Delivery.RequestsPerSecond} requests a second{warning}
              stop       Ctrl+C; what is queued stays queued
            """;
    }

    /// <summary>That the host is stopping, and what it still waits for.</summary>
    /// <param name="queue">What the queue holds; null when it can't be asked.</param>
    public static string Stopping(QueueStatus? queue)
    {
        string limit = string.Create(CultureInfo.InvariantCulture, $"at most {LocalHostApp.DrainTime.TotalSeconds:0} s");
        return queue is { InDelivery: > 0 }
            ? $"Stopping: {Events(queue.InDelivery)} being delivered; calls on the wire are finished, {limit}, the rest is given back to the queue."
            : $"Stopping: no event is being delivered ({limit}).";
    }

    /// <summary>That the host has stopped, and what it leaves.</summary>
    /// <param name="queue">What the queue holds; null when it can't be asked.</param>
    public static string Stopped(QueueStatus? queue) => (queue?.Ready + queue?.InDelivery, queue?.RepeatsKept) switch
    {
        (null, _) => "Stopped. What is queued stays queued.",
        (0, > 0 and long kept) => $"Stopped. No event waits to be sent.{Kept(kept)}",
        (0, _) => "Stopped. The queue is empty.",
        ({ } events, var kept) => $"Stopped. {Events(events)} {(events == 1 ? "stays queued and is" : "stay queued and are")} sent after the next start.{(kept > 0 ? Kept(kept.Value) : "")}",
    };

    private static string Kept(long merges) => string.Create(
        CultureInfo.InvariantCulture, $" {merges:N0} merge{(merges == 1 ? " is" : "s are")} kept to be sent once more when {(merges == 1 ? "its" : "their")} time has come (Mapping__RepeatMergeAfter).");

    private static string Events(long count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} event{(count == 1 ? "" : "s")}");
}
