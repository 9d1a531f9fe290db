using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>POST /api/dead-letters/discard</c>: removes dead letters for good.</summary>
public sealed class DiscardDeadLetters(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(DiscardDeadLetters))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/dead-letters/discard")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.DiscardDeadLetters, request);
}
