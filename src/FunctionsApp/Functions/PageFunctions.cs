using CustomerIoDestination.HttpApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary><c>GET /</c>: the operator's page. An empty route is not taken with the ASP.NET Core integration, so an optional segment that must be empty stands for it.</summary>
public sealed class Page(DestinationApi api)
{
    /// <summary>Answers the request.</summary>
    [Function(nameof(Page))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{ignored:maxlength(0)?}")] HttpRequest request) =>
        api.HandleAsync(ApiRoutes.Page, request);
}
