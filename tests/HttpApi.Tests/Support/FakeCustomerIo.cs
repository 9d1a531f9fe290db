using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.HttpApi.Tests.Support;

/// <summary>Remembers what Customer.io was told; answers as told.</summary>
internal sealed class FakeCustomerIo
{
    public List<string> Calls { get; } = [];

    public DeliveryOutcome Answer { get; set; } = new DeliveryOutcome.Delivered(200);

    public ValueTask<DeliveryOutcome> SendAsync(TrackApiRequest request, CancellationToken cancellationToken)
    {
        Calls.Add($"{request.Method} {request.Path}");
        return new ValueTask<DeliveryOutcome>(Answer);
    }
}
