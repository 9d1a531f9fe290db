using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>GET /api/status</c>: state, queue, rate and counts.</summary>
public sealed class Status(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(Status))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/status")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.Status, request);
}
