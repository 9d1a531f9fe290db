using CustomerIoDestination.HttpApi.Bodies;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary>What the endpoints work with.</summary>
internal sealed record DestinationPorts(
    EventIngester Ingester,
    EventPreview Preview,
    IEventQueue Queue,
    IDeadLetterStore DeadLetters,
    IDeliveryLog DeliveryLog,
    IDestinationControl Control,
    RulesSource Rules,
    DestinationSettings Settings,
    bool DeliversToSandbox,
    TimeProvider Time,
    RequestBody Bodies)
{
    /// <summary>The most bytes of any request's body.</summary>
    public int MaxBodyBytes => Settings.Ingest.MaxBodyBytes;
}
