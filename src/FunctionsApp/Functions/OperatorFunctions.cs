using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>GET /api/health</c>: whether the queue takes events.</summary>
public sealed class Health(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(Health))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.Health, request);
}
