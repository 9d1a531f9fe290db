using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>POST /api/preview</c>: shows what would be sent.</summary>
public sealed class PreviewEvents(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(PreviewEvents))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/preview")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.PreviewEvents, request);
}
