using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>GET /api/events/{eventId}</c>: the story of one event.</summary>
public sealed class EventStory(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(EventStory))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/events/{eventId}")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.EventStory, request);
}
