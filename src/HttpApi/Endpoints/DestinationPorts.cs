using CustomerIoDestination.HttpApi.Authentication;
using CustomerIoDestination.HttpApi.Bodies;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.People;
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
    PersonForgetting Forgetting,
    RulesSource Rules,
    DestinationSettings Settings,
    HostTraits Host,
    TimeProvider Time,
    RequestBody Bodies,
    CallerAddress Callers,
    Lazy<BrowserRate> BrowserRate);
