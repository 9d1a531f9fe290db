using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>What tests of the gate share.</summary>
public abstract class GateTests : IDisposable
{
    private protected static readonly DeliveryOutcome.Delivered Delivered = new(200);
    private protected static readonly DeliveryOutcome.Rejected Rejected = new(400, "unknown_message", null, "HTTP 400, unknown message");

    private protected DeliveryRig Rig { get; } = new();

    private protected DeliveryGate Gate => Rig.Gate;

    public void Dispose()
    {
        Rig.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void Fail(int times, int partitions)
    {
        for (int i = 0; i < times; i++)
        {
            Gate.Judge(Some.Partition(i % partitions), new DeliveryOutcome.Unavailable("http_503", 503));
        }
    }

    private protected void RejectEverything()
    {
        for (int i = 0; i < 50; i++)
        {
            Gate.Judge(Some.Partition(i), Rejected);
        }
    }

    private protected List<Task> Enter(params int[] partitions) =>
        [.. partitions.Select(number => Gate.EnterAsync(Some.Partition(number), CancellationToken.None).AsTask())];

    private protected static int Through(List<Task> waiting) => waiting.Count(task => task.IsCompletedSuccessfully);
}
