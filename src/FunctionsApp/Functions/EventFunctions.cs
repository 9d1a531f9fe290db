using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>POST /api/events</c>: takes events.</summary>
public sealed class IngestEvents(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(IngestEvents))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/events")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.IngestEvents, request);
}

/// <summary><c>POST /api/preview</c>: shows what would be sent.</summary>
public sealed class PreviewEvents(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(PreviewEvents))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/preview")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.PreviewEvents, request);
}

/// <summary><c>GET /api/events/{eventId}</c>: the story of one event.</summary>
public sealed class EventStory(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(EventStory))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/events/{eventId}")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.EventStory, request);
}

/// <summary><c>GET /api/deliveries</c>: what became of events.</summary>
public sealed class Deliveries(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(Deliveries))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/deliveries")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.Deliveries, request);
}
