using CustomerIoDestination.TestRig.Processes;

namespace CustomerIoDestination.Chaos.Run;

/// <summary>Service Bus, on the broker double in a process of its own.</summary>
internal sealed class ServiceBusQueueRun : IChaosQueueRun
{
    private readonly ChildProcess _broker;

    private ServiceBusQueueRun(ChildProcess broker, string connectionString)
    {
        _broker = broker;
        Settings = ["--Queue:Kind=ServiceBus", $"--ServiceBus={connectionString}"];
    }

    public IReadOnlyList<string> Settings { get; }

    /// <summary>Starts the broker. A killed host's locks must end for the next life to go on, hence they are short.</summary>
    public static async Task<ServiceBusQueueRun> StartAsync(string folder)
    {
        ChildProcess broker = ChildProcess.Start("ServiceBusDouble.dll", folder, ["--port", "0", "--queue", "freshpaint-events", "--lock-duration", "00:00:05"]);
        return new ServiceBusQueueRun(broker, await broker.LineAsync("Endpoint="));
    }

    public long? FileSizeLimit() => null;

    public ValueTask DisposeAsync() => _broker.DisposeAsync();
}
