using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>GET /api/dead-letters/{id}</c>: one dead letter with its event.</summary>
public sealed class DeadLetter(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(DeadLetter))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/dead-letters/{id}")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.DeadLetter, request);
}
