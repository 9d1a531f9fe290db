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
