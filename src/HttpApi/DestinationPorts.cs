using CustomerIoDestination.Delivery;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Queueing;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi;

/// <summary>What the endpoints work with.</summary>
internal sealed record DestinationPorts(
    EventIngester Ingester,
    EventPreview Preview,
    IEventQueue Queue,
    IDeadLetterStore DeadLetters,
    IDeliveryLog DeliveryLog,
    IDestinationControl Control,
    RulesSource Rules,
    DestinationSettings Settings)
{
    /// <summary>The most bytes of any request's body.</summary>
    public int MaxBodyBytes => Settings.Ingest.MaxBodyBytes;
}
