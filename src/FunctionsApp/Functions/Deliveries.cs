using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>GET /api/deliveries</c>: what became of events.</summary>
public sealed class Deliveries(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(Deliveries))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/deliveries")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.Deliveries, request);
}
