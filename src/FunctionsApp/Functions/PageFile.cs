using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>GET /page/{file}</c>: the page's scripts, style and icon.</summary>
public sealed class PageFile(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(PageFile))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "page/{file}")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.PageFile, request);
}
