using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>GET /api/dead-letters</c>: the dead letters, oldest first.</summary>
public sealed class DeadLetters(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(DeadLetters))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/dead-letters")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.DeadLetters, request);
}
