using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary>Whatever no other function answers, any method: 404 or 405 with a body.</summary>
public sealed class Fallback(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(Fallback))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.Fallback, request);
}
