using CustomerIoDestination.Ports;

namespace CustomerIoDestination.HttpApi.Tests.Support;

/// <summary>A delivering side that is in the state it is told to be in.</summary>
internal sealed class FakeControl : IDestinationControl
{
    public DeliveryStatus Status { get; set; } = Some.DeliveryStatus();

    public int Resumed { get; private set; }

    public Task<DeliveryStatus> GetStatusAsync(CancellationToken cancellationToken) => Task.FromResult(Status);

    public Dictionary<string, FailingEvent> Failing { get; } = new(StringComparer.Ordinal);

    public FailingEvent? FindFailing(string eventId) => Failing.GetValueOrDefault(eventId);

    public Task ResumeAsync(CancellationToken cancellationToken)
    {
        Resumed++;
        Status = Status with { State = DestinationState.Delivering, Reason = null };
        return Task.CompletedTask;
    }
}
